-- admin_throttle_lift_address: forgets the wrong passwords from an address. $1 address. Column: lifted.
SELECT postern.unblock_address($1::inet) AS lifted
