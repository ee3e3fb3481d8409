package drain

import (
	"crypto/sha256"
	"net/netip"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// person is somebody with an account and a key to trade with.
type person struct {
	account instruction.Account
	key     instruction.Credential
	owner   instruction.Credential // where he has one, the owner's key
	from    netip.Addr             // where the key is used
}

// Where people come from: of a range set aside for measurements, and those of documentation. The thief has one at a hosting
// company; the bot platform, through which keys made by this venue may be used, and the thief's own reach them there.
var (
	makerAddr    = netip.MustParseAddr("198.18.200.10")
	platformAddr = netip.MustParseAddr("203.0.113.20")
	thiefAddr    = netip.MustParseAddr("192.0.2.140")
)

// hosts are the networks of hosting companies: the thief's, the makers', the platform's, and one where a third of the honest have
// their programs, with whoever lives nearby.
var hosts = []netip.Prefix{
	instruction.NetworkOf(thiefAddr).Prefix(), instruction.NetworkOf(makerAddr).Prefix(), instruction.NetworkOf(platformAddr).Prefix(),
	instruction.NetworkOf(home(hosted)).Prefix(),
}

// hosted is the first of the customers whose programs are at a hosting company.
const hosted = 200

// home is where honest customer i comes from.
func home(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 19, byte(i / 200), byte(1 + i%200)}) }

const mayTrade = instruction.MayRead | instruction.MayTrade

// open makes an account with money, by coin, and a key that was made so long ago.
func (x *replay) open(ref string, has []money.Amount, from netip.Addr, age instruction.Time) person {
	x.must("an account", x.house.Operate(&instruction.OpenAccount{Ref: ref}))
	p := person{account: x.house.State.Accounts(), from: from}
	for c, n := range has {
		if n > 0 {
			x.must("money", x.house.Operate(&instruction.Credit{Account: p.account, Asset: asset(c), Amount: n, Ref: "replay"}))
		}
	}
	p.key = x.create(p.account, from, x.house.Time-age)
	return p
}

// create makes a key to trade with: for anybody anywhere, as they were at a venue of the time and as they are brought over from
// there; or as this venue makes them, for one network.
func (x *replay) create(a instruction.Account, from netip.Addr, created instruction.Time) instruction.Credential {
	k := instruction.CreateKey{
		Account: a, Scheme: instruction.HMAC, Created: created, Legacy: true, Mandate: instruction.Mandate{Rights: mayTrade},
	}
	if x.o.Gate == house.On {
		k.Legacy, k.Mandate.Networks = false, []netip.Prefix{instruction.NetworkOf(from).Prefix()}
	}
	return x.register(k)
}

// owns makes somebody an owner's key, if he has none, and says who gives what it says.
func (x *replay) owns(p *person) *instruction.Principal {
	if p.owner == 0 {
		p.owner = x.register(instruction.CreateKey{
			Account: p.account, Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
		})
	}
	return house.By(p.owner, p.from)
}

func (x *replay) register(k instruction.CreateKey) instruction.Credential {
	x.keys++
	name := "replayed key " + strconv.Itoa(x.keys)
	material := sha256.Sum256([]byte("nobody has the other half of " + name))
	k.ID, k.Material = instruction.KeyIDOf(name), material[:]
	x.must("a key", x.house.Operate(&k))
	return x.house.State.Keys()
}

// free is what somebody can use of a coin.
func (x *replay) free(p *person, c int) money.Amount {
	return x.house.State.Balance(p.account, asset(c)).Free
}

// has is all that somebody has of a coin.
func (x *replay) has(p *person, c int) money.Amount {
	b := x.house.State.Balance(p.account, asset(c))
	return b.Free + b.Held
}

// worth is what all that somebody has is worth, at fair prices.
func (x *replay) worth(p *person) (sum money.Amount) {
	for c := range x.coins {
		sum += x.fair.worth(c, x.has(p, c))
	}
	return sum
}

// order is a limit order.
func (x *replay) order(p int, side instruction.Side, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
	x.orders++
	id, err := instruction.ClientIDOf("o" + strconv.Itoa(x.orders))
	if err != nil {
		panic(err) // a letter and digits
	}
	return &instruction.PlaceOrder{Market: market(p), Side: side, Type: instruction.Limit, TIF: tif, Price: price, Qty: qty, ClientID: id}
}

// affords is so much of an order's quantity as somebody has the money for, in whole lots.
func (x *replay) affords(p *person, m int, side instruction.Side, price money.Price, qty money.Amount) money.Amount {
	k := &x.pairs[m]
	if side == instruction.Sell {
		return k.lots(min(qty, x.free(p, k.base)))
	}
	return k.lots(min(qty, money.Amount(part(int64(x.free(p, k.quote)), whole, int64(price)))))
}

// trifle says that an order would be below the market's least notional.
func (m *pair) trifle(price money.Price, qty money.Amount) bool {
	return qty <= 0 || part(int64(qty), int64(price), whole) < int64(m.least)
}
