-- seed.sql: what the demo's users may do beyond their own tokens. Run once, after the users were added.
SELECT postern.grant_permission('hankhill', 'dcim.site', 'view change');
