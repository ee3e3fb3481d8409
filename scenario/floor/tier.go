package floor

import (
	"fmt"
	"strings"
)

// Tier is how far the prices of the market in question are to be trusted.
type Tier uint8

const (
	Referred Tier = iota + 1 // liquid, with an outside reference
	Alone                    // liquid, without one: as deep as the operator declared
	Named                    // thin, named by the victim's owner, with a history
	Unnamed                  // thin, with a history
	New                      // thin, named by the victim's owner, without any trade yet
)

// Tiers are all of them.
var Tiers = []Tier{Referred, Alone, Named, Unnamed, New}

var tierNames = [...]string{"", "liquid-referred", "liquid-alone", "thin-named", "thin-unnamed", "thin-new"}

func (t Tier) String() string               { return tierNames[t] }
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Thin says that it is one of the thin tiers.
func (t Tier) Thin() bool { return t >= Named }

// ParseTier reads a tier's name.
func ParseTier(name string) (Tier, error) {
	for _, t := range Tiers {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("floor: %q is no tier: it is one of %s", name, strings.Join(tierNames[1:], ", "))
}

// Fees is what trading costs on the floor.
type Fees uint8

const (
	Normal Fees = iota + 1 // 0.1% for both sides
	Free                   // nothing
	Rebate                 // the taker pays 0.1%, of which the maker gets half
)

// AllFees are all of them.
var AllFees = []Fees{Normal, Free, Rebate}

var feeNames = [...]string{"", "normal", "zero", "rebate"}

func (f Fees) String() string               { return feeNames[f] }
func (f Fees) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// ParseFees reads a fee tier's name.
func ParseFees(name string) (Fees, error) {
	for _, f := range AllFees {
		if f.String() == name {
			return f, nil
		}
	}
	return 0, fmt.Errorf("floor: %q is no fee tier: it is one of %s", name, strings.Join(feeNames[1:], ", "))
}
