package giftcode

import (
	"context"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// ours is the replay at this venue, under way.
type ours struct {
	*replay
	*venue
	attack *attack
	keys   []instruction.Credential // the attackers' own
	homes  []string                 // deposit addresses
	kills  int                      // of the venue's process
	quiet  bool                     // all that was claimed so far is settled, and that was told
}

func (y *ours) run(ctx context.Context) error {
	for _, part := range []func(context.Context) error{y.prepare, y.issue, y.flood, y.raid, y.finish, y.hold} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// block mines a block, and has the wallet read it.
func (y *ours) block(ctx context.Context, empty bool) error {
	if err := y.ground.mine(ctx, empty); err != nil {
		return err
	}
	return y.work(ctx)
}

// prepare has customers deposit, and the operator add what transactions cost.
func (y *ours) prepare(ctx context.Context) error {
	y.where()
	if err := y.begin(ctx); err != nil {
		return err
	}
	hot, _, err := y.hot()
	if err != nil {
		return err
	}
	list := []payment{{hot, hotFunds}}
	all := y.plan.customers + attackers
	for i := range all {
		if err := y.operate(&instruction.OpenAccount{}); err != nil {
			return err
		}
		a := firstCustomer + instruction.Account(i) // #nosec G115 -- a few dozen
		home, err := y.line.DepositAddress(ctx, a)
		if err != nil {
			return err
		}
		y.homes = append(y.homes, home)
		value := int64(3e8 + y.plan.rng.Int64N(4e8))
		if i < attackers {
			value = int64(y.plan.issuedBy(i))
			if err := y.owner(a, i); err != nil {
				return err
			}
		}
		list = append(list, payment{home, value})
	}
	y.homes = append(y.homes, hot)
	if err := y.ground.fund(ctx, list); err != nil {
		return err
	}
	for range creditDepth {
		if err := y.block(ctx, false); err != nil {
			return err
		}
	}
	var has, owes money.Amount
	err = y.look(func(s *core.State, c *chain.Chain) { has, owes = c.Sums().Confirmed, s.Owed(asset) })
	y.tell("%d customers and the attackers' %d accounts have deposited; the hot wallet has %s %s, and owes %s of it", y.plan.customers, attackers, Coins(has), symbol, Coins(owes))
	y.step()
	return err
}

// hotFunds are what the operator adds, for what transactions cost.
const hotFunds = 1e8

func (v *venue) hot() (string, []byte, error) {
	keys, err := v.seed.Account(v.ground.network())
	if err != nil {
		return "", nil, err
	}
	return keys.Public().Address(true, 0)
}

// owner gives an attacker's account its owner's key.
func (y *ours) owner(a instruction.Account, i int) error {
	y.keys = append(y.keys, instruction.Credential(i+1)) // #nosec G115 -- three
	return y.operate(&instruction.CreateKey{
		Account: a, ID: instruction.KeyID{1, byte(i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayOwn | instruction.MayRead},
	})
}

// issuedBy is what an attacker's codes are worth.
func (p *plan) issuedBy(attacker int) (sum money.Amount) {
	for i := range p.codes {
		if p.codes[i].issuer == attacker {
			sum += p.codes[i].amount
		}
	}
	return sum
}

// issue has the attackers issue their codes, a batch each few hours.
func (y *ours) issue(ctx context.Context) error {
	y.tale.Phase("27 and 28 August: codes are issued")
	from := y.plan.bursts[0].networks[0]
	for b := range 2 * attackers {
		when := y.plan.when(issuing + instruction.Time(b)*3*3600*instruction.Second)
		if err := y.pass(ctx, when); err != nil {
			return err
		}
		in := instruction.IssueCodes{Asset: asset, Expires: when + 180*instruction.Day}
		for i := range y.plan.codes {
			if c := &y.plan.codes[i]; c.batch == b {
				in.Account, in.Amount = firstCustomer+instruction.Account(c.issuer), c.amount // #nosec G115 -- three
				in.Codes = append(in.Codes, instruction.NewCode{Hash: c.hash()})
			}
		}
		if len(in.Codes) == 0 {
			continue
		}
		if err := y.must(instruction.Principal{Giver: instruction.ByCredential, Credential: y.keys[in.Account-firstCustomer], Addr: from}, &in); err != nil {
			return err
		}
		y.tell("attacker, account %d: issues %d codes of %s %s each; their worth leaves the account", in.Account, len(in.Codes), Coins(in.Amount), symbol)
	}
	return nil
}

// dustBlocks are in how many blocks the dust comes.
const dustBlocks = 2

// flood sends tiny amounts to all deposit addresses and the hot one.
func (y *ours) flood(ctx context.Context) error {
	if err := y.pass(ctx, y.plan.when(dusting)); err != nil {
		return err
	}
	left := y.plan.dust
	for b := range dustBlocks {
		list := make([]payment, 0, left)
		for range left / (dustBlocks - b) {
			list = append(list, payment{y.homes[len(list)%len(y.homes)], 4_000 + y.plan.rng.Int64N(minDeposit-4_000)})
			left--
		}
		if err := y.ground.fund(ctx, list); err != nil {
			return err
		}
		if err := y.block(ctx, false); err != nil {
			return err
		}
	}
	y.tell("attacker: %d tiny amounts to %d of the venue's addresses. They are on record, credited to nobody and spent by nothing", y.plan.dust, len(y.homes))
	return nil
}
