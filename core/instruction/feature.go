package instruction

import "fmt"

// Feature is one number that detection rules read: of the request under judgement, or of what its key, account, market,
// network, counterparty and integrator did lately. Rules know features by these numbers and people by their names; both are
// append-only, and pinned in testdata/numbers.txt.
type Feature uint16

// Of the request.
const (
	RequestOrder        Feature = 1
	RequestWithdrawal   Feature = 2
	RequestTransfer     Feature = 3
	RequestWorth        Feature = 4
	RequestSlip         Feature = 5
	RequestHosting      Feature = 6
	RequestAddressHours Feature = 7
	RequestAddressNew   Feature = 8
)

// Of the key that gave it.
const (
	KeyAgeHours     Feature = 20
	KeyIdleHours    Feature = 21
	KeyRenewedHours Feature = 22
	KeyWidenedHours Feature = 23
	KeyLegacy       Feature = 24
	KeyIntegrated   Feature = 25
	KeyNetworkNew   Feature = 26
	KeyNetworks     Feature = 27
	KeyNetworkHours Feature = 28
	KeyMarketNew    Feature = 29
	KeyMarkets      Feature = 30
	KeyOrders5m     Feature = 31
	KeyOrders1h     Feature = 32
	KeyOrders24h    Feature = 33
	KeyNotional1h   Feature = 34
	KeyNotional24h  Feature = 35
	KeyLoss1h       Feature = 36
	KeyLoss24h      Feature = 37
	KeyPartnerShare Feature = 38
	KeyPartners     Feature = 39
	KeyDenied1h     Feature = 40
	KeyBurst        Feature = 41
	KeySprt         Feature = 42
)

// Of its account.
const (
	AccountAgeHours       Feature = 60
	AccountLoss1h         Feature = 61
	AccountLoss24h        Feature = 62
	AccountPartnerShare   Feature = 63
	AccountWithdrawals1h  Feature = 64
	AccountWithdrawals24h Feature = 65
	AccountWithdrawn24h   Feature = 66
)

// Of the market that an order names.
const (
	MarketVolumeBurst Feature = 80
	MarketRange1h     Feature = 81
	MarketThin        Feature = 82
	MarketTakerShare  Feature = 83
	MarketKnown       Feature = 84
)

// Of the network that the request came from.
const (
	NetworkTombstones   Feature = 100
	NetworkKeys1h       Feature = 101
	NetworkStrangers1h  Feature = 102
	NetworkStrangers24h Feature = 103
	NetworkDenied1h     Feature = 104
)

// Of the account and the one that an order would trade with.
const (
	PairTrades24h Feature = 120
	PairLoss24h   Feature = 121
	PairShare     Feature = 122
	PairAgeHours  Feature = 123
)

// Of the third party that the key was made for.
const (
	IntegratorKeys1h      Feature = 140
	IntegratorStrangers1h Feature = 141
	IntegratorFlagged24h  Feature = 142
	IntegratorLoss1h      Feature = 143
)

// FeatureFacts are what is said of a feature.
type FeatureFacts struct {
	Name     string // as rules write it
	Unit     string
	Window   string // over which time it counts
	Sentence string // what it is
	Example  string // of a condition, as rules write it
	Request  bool   // it is of one request, and of nothing without one
}

// Features are all features, by their numbers.
func Features() []Feature {
	var list []Feature
	for f := Feature(0); int(f) < len(features); f++ {
		if f.known() {
			list = append(list, f)
		}
	}
	return list
}

// FeatureNamed is the feature that rules write so, or an error.
func FeatureNamed(name string) (Feature, error) {
	if f, ok := featuresByName[name]; ok {
		return f, nil
	}
	return 0, fmt.Errorf("there is no feature %q; docs/FEATURES.md lists them", name)
}

func (f Feature) known() bool { return int(f) < len(features) && features[f].Name != "" }

// Facts are what is said of the feature; empty for an unknown one.
func (f Feature) Facts() FeatureFacts {
	if !f.known() {
		return FeatureFacts{}
	}
	return features[f]
}

// String is the feature's name.
func (f Feature) String() string {
	if !f.known() {
		return fmt.Sprintf("unknown(%d)", uint16(f))
	}
	return features[f].Name
}

// MarshalText is String.
func (f Feature) MarshalText() ([]byte, error) { return []byte(f.String()), nil }
