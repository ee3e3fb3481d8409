package drain

import (
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// Result is what came of a replay. Worth is by the fair prices that only the harness knows. The figures of the theft are
// those of the first account, in the 24 hours from when the thief began there; the others are in Accounts.
type Result struct {
	Scenario string     `json:"scenario"`
	Gate     house.Gate `json:"gate"`
	Seed     uint64     `json:"seed"`
	Taken
	PriceMultiple  Decimal `json:"price_multiple"`  // of the illiquid market in these 24 hours: the highest price, in times the lowest
	VolumeMultiple Decimal `json:"volume_multiple"` // its volume, in times an average day of the week before

	HonestInstructions int            `json:"honest_instructions"`
	HonestDenied       int            `json:"honest_denied"`  // of them, by the gate
	HonestExpired      int            `json:"honest_expired"` // orders of theirs that their budgets ended
	HonestDenials      map[string]int `json:"honest_denials"` // by reasons

	Rules []house.Share `json:"rules"` // that fired

	Accounts []Taken `json:"accounts"` // in order of time, the first one too
	Curve    Curve   `json:"-"`
}

// Taken is what the thief took of one account.
type Taken struct {
	AtRisk                Decimal `json:"at_risk"`                 // what the account was worth, in whole units of the first coin
	Lost                  Decimal `json:"lost"`                    // of that, fees apart
	Fees                  Decimal `json:"fees"`                    // that the account paid to the venue
	LostRatio             Decimal `json:"lost_ratio"`              // Lost, in parts of AtRisk
	InstructionsUntilStop int     `json:"instructions_until_stop"` // the thief's first with the account's key that its budget did not bear; 0: none
	Instructions          int     `json:"instructions"`            // of the thief's with the account's key
	Trades                int     `json:"trades"`
	LostCoins             Decimal `json:"lost_coins"` // Lost, in the coin in which it was published, at its price when the thief began
	Coin                  string  `json:"coin"`
}

// Decimal is a number with six decimals, in millionths.
type Decimal int64

const million = 1_000_000

// String is the number as people write it.
func (d Decimal) String() string { return money.Amount(d).Text(6) }

// MarshalJSON is the same, as JSON has numbers.
func (d Decimal) MarshalJSON() ([]byte, error) { return money.Amount(d).Append(nil, 6), nil }

// decimal is a/b.
func decimal(a, b int64) Decimal {
	if b == 0 {
		return 0
	}
	return Decimal(signed(money.Price(million), a, b))
}

// denied counts an honest instruction that the gate did not let pass, by all that it had against it.
func (r *Result) denied(v instruction.Verdict) {
	var why []string
	for _, f := range v.Findings() {
		why = append(why, f.Reason.String())
	}
	r.HonestDenied++
	r.HonestDenials[strings.Join(why, ", ")]++
}

// taken is what came of a raid.
func (x *replay) taken(r *raid) Taken {
	t := &r.take
	return Taken{
		AtRisk: decimal(int64(t.atRisk), whole), Lost: decimal(int64(t.lost), whole), Fees: decimal(int64(t.fees), whole),
		LostRatio: decimal(int64(t.lost), int64(t.atRisk)), InstructionsUntilStop: t.stopped, Instructions: t.instructions, Trades: t.trades,
		LostCoins: decimal(int64(t.lost), int64(t.price)), Coin: x.coins[r.in].symbol,
	}
}

// finish counts what is known once all is over.
func (x *replay) finish() {
	for i := range x.raids {
		x.result.Accounts = append(x.result.Accounts, x.taken(&x.raids[i]))
	}
	x.result.Taken, x.result.Rules = x.result.Accounts[0], x.house.Shares()
	x.result.Curve = Curve{Name: x.o.Gate.String(), Unit: x.coins[0].symbol, Take: x.result.Taken, at: x.curve}
	x.result.PriceMultiple = decimal(int64(x.tape.high), int64(x.tape.low))
	x.result.VolumeMultiple = decimal(int64(x.tape.volume), int64(x.tape.usual()))
}
