package signer

import (
	"errors"
	"fmt"
	"strings"

	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// scale is that of all coins of the Bitcoin family.
const scale money.Scale = 8

// usualRate is the most that 1000 virtual bytes cost where a cap does not say: many times what nodes ask for, and in a transaction
// of usual size little.
const usualRate money.Amount = 1e6

// Cap bounds what is signed for one asset. Amounts are in the smallest units of its coin.
type Cap struct {
	Asset   string        // its symbol at the venue
	Network *coin.Network // on which it moves; another one is refused
	Payout  money.Amount  // most that one payout brings to its address
	Hour    money.Amount  // most that leaves within any 60 minutes, fees included
	FeeRate money.Amount  // most that 1000 virtual bytes of a transaction cost
}

// Limits are what of a cap bounds a plan, in the smallest units of the coin. What is planned within them is signed, or waits for the hour.
type Limits struct {
	Payout  money.Amount `json:"payout"`   // most that one payout brings to its address
	Hour    money.Amount `json:"hour"`     // most that one transaction lets out, its fee included
	FeeRate money.Amount `json:"fee_rate"` // most that 1000 virtual bytes of it cost
}

// ParseCap reads a cap as a command line has it, in whole coins: LTC:payout=10,hour=100. Further parts are fee=0.01, for what 1000
// virtual bytes cost at most, and network=litecoin where it is not the usual one.
func ParseCap(text string, usual *coin.Network) (Cap, error) {
	c, err := parseCap(text, usual)
	if err != nil {
		return c, fmt.Errorf("cap %.100q: %w; one is LTC:payout=10,hour=100, with fee=0.01 and network=litecoin where need be", text, err)
	}
	return c, c.check()
}

func parseCap(text string, usual *coin.Network) (Cap, error) {
	asset, rest, _ := strings.Cut(text, ":")
	c := Cap{Asset: asset, Network: usual, FeeRate: usualRate}
	amounts := map[string]*money.Amount{"payout": &c.Payout, "hour": &c.Hour, "fee": &c.FeeRate}
	seen := map[string]bool{}
	if rest == "" {
		return c, errors.New("it must say payout and hour")
	}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(part, "=")
		if seen[name] {
			return c, fmt.Errorf("%q is said twice", name)
		}
		seen[name] = true
		var err error
		switch into := amounts[name]; {
		case into != nil:
			*into, err = money.Parse(value, scale)
		case name == "network":
			c.Network, err = coin.NetworkNamed(value)
		default:
			return c, fmt.Errorf("there is no part %.20q", part)
		}
		if err != nil {
			return c, fmt.Errorf("%s: %w", name, err)
		}
	}
	if !seen["payout"] || !seen["hour"] {
		return c, errors.New("it must say payout and hour")
	}
	return c, nil
}

// check says what makes no sense in a cap.
func (c *Cap) check() error {
	in := func(n money.Amount) bool { return n > 0 && n <= money.MaxAmount }
	switch {
	case c.Asset == "" || strings.ContainsAny(c.Asset, " \n"):
		return errors.New("a cap is for an asset: name its symbol first")
	case c.Network == nil:
		return fmt.Errorf("the cap for %s is for no network", c.Asset)
	case !in(c.Payout) || !in(c.Hour) || !in(c.FeeRate):
		return fmt.Errorf("the cap for %s: payout, hour and fee are amounts above 0", c.Asset)
	case c.Payout > c.Hour:
		return fmt.Errorf("the cap for %s lets out %s within an hour and %s with one payout: the first must be the larger one",
			c.Asset, c.Hour.Text(scale), c.Payout.Text(scale))
	}
	return nil
}
