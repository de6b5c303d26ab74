-- admin_throttle_lift_user: forgets the wrong passwords for a user name. $1 name. Column: lifted.
SELECT postern.unblock_user($1::text) AS lifted
