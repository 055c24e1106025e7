"""How other programs speak with Breakwater: today, the directory as Open Referral HSDS, for everybody who asks."""
