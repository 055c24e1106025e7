from breakwater.trust.apps import AppWithNews


class ReferralsConfig(AppWithNews):
    name = "breakwater.referrals"
