package incident

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/netip"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// customer is an honest one: who it is, where it comes from, and how far it has come with its own affairs.
type customer struct {
	account instruction.Account
	from    netip.Addr
	trades  instruction.Credential // the key that it trades with
	pays    instruction.Credential // the key that it withdraws with; 0: it does not withdraw over the API
	owner   instruction.Credential // the owner's key, if it has one
	deleted instruction.Credential // a key of its own that a program goes on using
	to      instruction.Destination
	patient instruction.Time // no withdrawal before then: it knows that its address waits
	tried   int              // denials in a row
	resting [markets]bool    // it has orders there
}

// Habits by number of the customer.
const (
	sharesNAT = 3   // one of so many sits behind one address range with all the others who do
	hosted    = 15  // one of so many trades from a hosting company
	withdraws = 4   // one of so many withdraws over the API
	unowned   = 5   // of so many, two have no owner's key
	rotates   = 25  // one of so many replaces its key while the replay lasts: number 3 of each
	forgets   = 75  // one of so many forgets a program then
	moves     = 200 // one of so many gets another network
	rotating  = 3
	moving    = 7
)

// hosts are the networks of hosting companies, as the operator's file has them: the thief's, the makers', and where one in fifteen
// of the honest has a program.
var hosts = []netip.Prefix{
	instruction.NetworkOf(thiefAddrs[0]).Prefix(), instruction.NetworkOf(thiefAddrs[1]).Prefix(), instruction.NetworkOf(thiefAddrs[2]).Prefix(),
	instruction.NetworkOf(thiefAddrs[3]).Prefix(), instruction.NetworkOf(makerAddr).Prefix(), netip.MustParsePrefix("198.18.64.0/18"),
}

// The networks of honest people. None of these is anybody's: 198.18.0.0/15 is set aside for measurements, 2001:db8::/32 for
// documentation.
var makerAddr = netip.MustParseAddr("198.18.200.10")

// home is where customer i comes from.
func home(i int) netip.Addr {
	switch {
	case i%sharesNAT == 0:
		return netip.AddrFrom4([4]byte{198, 18, 0, byte(1 + i/sharesNAT%250)})
	case i%hosted == 1:
		if near := (i - Published.KeysAtRisk) / hosted; i >= Published.KeysAtRisk && near < 3*neighbours { // none of those whose keys the thief has
			return neighbour(near)
		}
		return netip.AddrFrom4([4]byte{198, 18, byte(64 + i/hosted%40), byte(2 + i/600%250)})
	case i%2 == 0:
		return netip.AddrFrom4([4]byte{198, 19, byte(i / 2 % 240), byte(2 + i/480%250)})
	}
	return ownNetwork(i)
}

// ownNetwork is one that nobody shares, of those below the thief's; see MaxCustomers.
func ownNetwork(i int) netip.Addr {
	return netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i >> 8), byte(i), 15: 1})
}

// neighbours is how many honest customers have had a program at each of three hosting companies, in the very network that the
// thief comes from.
const neighbours = 4

func neighbour(n int) netip.Addr {
	a := thiefAddrs[n%3].As4()
	a[3] = byte(100 + n)
	return netip.AddrFrom4(a)
}

// money that each customer begins with, by asset.
var wealth = [...]money.Amount{btc: 20e8, mona: 20_000e8, xem: 100_000e6, jpy: 20_000_000 * yen}

// Rights of keys.
const (
	mayTrade = instruction.MayRead | instruction.MayTrade
	mayAll   = mayTrade | instruction.MayWithdraw | instruction.MayTransfer
	mayPay   = instruction.MayRead | instruction.MayWithdraw
	mayOwn   = instruction.MayRead | instruction.MayOwn
)

// create has the operator make a key, as a customer's visit to the venue's pages does.
func (x *replay) create(k instruction.CreateKey) instruction.Credential {
	x.keys++
	name := "replayed key " + strconv.Itoa(x.keys)
	k.ID = instruction.KeyIDOf(name)
	material := sha256.Sum256([]byte("nobody has the other half of " + name))
	k.Material = material[:]
	x.must("a key", x.house.Operate(&k))
	return x.house.State.Keys()
}

// brought is a key that a customer had when the replay begins, which is before the theft: behind an open gate, and brought
// over, with all rights for anybody anywhere; on this venue, to trade from home.
func (x *replay) brought(c *customer, created instruction.Time) instruction.Credential {
	k := instruction.CreateKey{Account: c.account, Created: created, Scheme: instruction.HMAC, Legacy: true, Mandate: instruction.Mandate{Rights: mayAll}}
	if x.o.Gate == house.On {
		k.Legacy, k.Mandate = false, instruction.Mandate{Rights: mayTrade, Networks: around(c.from)}
	}
	return x.create(k)
}

// made is a key that a customer makes now.
func (x *replay) made(c *customer, rights instruction.Rights) instruction.Credential {
	switch {
	case x.o.Gate == house.Off:
		return x.create(instruction.CreateKey{Account: c.account, Scheme: instruction.HMAC, Legacy: true, Mandate: instruction.Mandate{Rights: mayAll}})
	case rights == mayTrade:
		return x.create(instruction.CreateKey{Account: c.account, Scheme: instruction.HMAC, Mandate: instruction.Mandate{Rights: rights, Networks: around(c.from)}})
	case rights == mayOwn:
		return x.create(instruction.CreateKey{Account: c.account, Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: rights}})
	}
	return x.create(instruction.CreateKey{Account: c.account, Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: rights, Networks: around(c.from)}})
}

// around is the network that an address lies in, as a list.
func around(a netip.Addr) []netip.Prefix {
	return []netip.Prefix{instruction.NetworkOf(a).Prefix()}
}

// open makes customer i with its money.
func (x *replay) open(i int) customer {
	x.must("an account", x.house.Operate(&instruction.OpenAccount{Ref: fmt.Sprintf("customer-%d", i)}))
	c := customer{account: x.house.State.Accounts(), from: home(i), to: destination("honest", i)}
	x.fund(c.account, 1)
	return c
}

func (x *replay) fund(a instruction.Account, times money.Amount) {
	for asset, amount := range wealth {
		if amount > 0 {
			x.must("money", x.house.Operate(&instruction.Credit{Account: a, Asset: instruction.Asset(asset), Amount: amount * times, Ref: "replay"}))
		}
	}
}

// destination is an address for coins that belongs to whom.
func destination(whom string, i int) instruction.Destination {
	sum := sha256.Sum256([]byte(whom + strconv.Itoa(i)))
	return instruction.Destination{Chain: "BTC", Address: whom + "-" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:15])}
}

// settleIn gives a customer what it withdraws with: its one key where keys have all rights, else a key of its own for that, an
// owner's key, and its address in the book, which then waits.
func (x *replay) settleIn(c *customer, i int) {
	if x.o.Gate != house.Off && (x.o.Gate == house.On || i%unowned < unowned-2) {
		c.owner = x.made(c, mayOwn)
	}
	if x.o.Gate == house.On { // the keys that are in use; the others have long fallen back to reading
		x.must("a renewal", x.house.Give(house.By(c.owner, c.from), &instruction.RenewKey{Credential: c.trades}))
	}
	if i%withdraws != 0 {
		return
	}
	switch {
	case x.o.Gate == house.On:
		c.pays = x.made(c, mayPay)
	default:
		c.pays = c.trades
	}
	if c.owner != 0 {
		x.list(c)
	}
}

// list has the owner add its address to the book; it knows that this waits.
func (x *replay) list(c *customer) {
	x.house.Give(house.By(c.owner, c.from), &instruction.AddAddress{Account: c.account, Asset: btc, To: c.to, Label: "mine"})
	c.patient = x.house.Time + instruction.Day + 60*instruction.Second
}
