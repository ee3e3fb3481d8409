package giftcode

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// size is how much of it there is.
type size struct {
	codes     int
	claims    int
	bursts    int
	dust      int
	customers int // others, whose coins the hot wallet has too
	haste     int // by which time is shorter than it was
}

// published is the size that the incident had, with twelve bursts a day.
var published = size{codes: 56, claims: 8_200, bursts: 40, dust: 1_200, customers: 40, haste: 1}

// Figures of the incident as outsiders reported them.
const (
	publishedClaims = "about 8,200"
	publishedWrong  = "about 640"
)

var japan = time.FixedZone("JST", 9*60*60)

func at(month time.Month, day, hour, minute int) instruction.Time {
	return instruction.TimeOf(time.Date(2018, month, day, hour, minute, 0, 0, japan))
}

// When it was.
var (
	opening = at(time.August, 27, 9, 0)
	issuing = at(time.August, 27, 21, 30)
	dusting = at(time.August, 28, 22, 0)
	begins  = at(time.August, 29, 0, 10) // the first claims
	ends    = at(time.September, 1, 10, 50)
)

// when is a time of then, as the replay has it.
func (s *size) when(t instruction.Time) instruction.Time {
	return opening + (t-opening)/instruction.Time(s.haste)
}

// attackers are how many accounts the codes came from.
const attackers = 3

// code is a gift code.
type code struct {
	text   string
	amount money.Amount
	issuer int // of the attackers
	batch  int
}

// burst is when claims come at a high rate, and from how many networks at once.
type burst struct {
	at       instruction.Time
	networks []netip.Addr
	claims   int
}

// accidents are what happens besides to the venue's wallet and its node.
type accidents struct {
	killed  int    // the wallet's process is killed while it hands over this transaction, counted from 1
	again   int    // and once more in this burst
	died    int    // the node is killed after this burst, and its mempool is lost
	empty   int    // after this burst and the next the block has nothing in it
	reorg   int    // after this burst blocks are taken off
	depth   int    // so many
	without bool   // and what was in them is mined later
	seed    uint64 // of the faults
}

// plan is all that comes from the seed.
type plan struct {
	size
	codes  []code
	bursts []burst
	accidents
	rng *rand.Rand
}

// variants are how many addresses the attackers use for a code.
const variants = 4

// atOnce is how many claims of a code come at once, at first.
const atOnce = 3

func newPlan(seed uint64, s size) *plan {
	p := &plan{size: s, rng: rand.New(rand.NewPCG(seed, 20180829))} // #nosec G404 -- a replay is drawn from its seed
	p.accidents = accidents{
		killed: 3 + p.rng.IntN(4), again: 1 + p.rng.IntN(2), died: 1 + p.rng.IntN(2), empty: 0, reorg: 3 + p.rng.IntN(2), depth: 2 + p.rng.IntN(2),
		without: p.rng.IntN(2) == 0, seed: p.rng.Uint64(),
	}
	p.drawCodes()
	p.drawBursts()
	return p
}

// drawCodes has each attacker issue two batches.
func (p *plan) drawCodes() {
	each := make([]money.Amount, 2*attackers)
	for i := range each {
		each[i] = money.Amount(70_000_000 + p.rng.Int64N(80_000_000))
	}
	for i := range p.size.codes {
		b := i * len(each) / p.size.codes
		p.codes = append(p.codes, code{text: fmt.Sprintf("%016x%016x", p.rng.Uint64(), p.rng.Uint64()), amount: each[b], issuer: b / 2, batch: b})
	}
}

// drawBursts: the first one brings every code, at once, from one network or two; after that the rest of the claims.
func (p *plan) drawBursts() {
	first := atOnce * len(p.codes)
	rest := p.claims - first
	for i := range p.size.bursts {
		b := burst{at: p.when(begins + instruction.Time(i)*(ends-begins)/instruction.Time(p.size.bursts)), claims: first}
		n := 1
		if i > 0 {
			left := p.size.bursts - i
			b.claims = rest / left
			rest -= b.claims
			n = 1 + p.rng.IntN(4)
		}
		for range n {
			b.networks = append(b.networks, netip.AddrFrom4([4]byte{198, 51, byte(100 + p.rng.IntN(12)), byte(1 + p.rng.IntN(250))}))
		}
		p.bursts = append(p.bursts, b)
	}
}

// hash is how a venue keeps the code.
func (c *code) hash() instruction.CodeHash {
	return sha256.Sum256([]byte("replayed gift code " + c.text))
}

// seedOf is the seed of somebody's coins.
func seedOf(seed uint64, whose string) (*coin.Seed, error) {
	sum := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(whose), seed))
	return coin.ParseSeed(fmt.Sprintf("%x", sum))
}

// targets are the addresses that the attackers want to be paid at: some for each code.
func targets(n *coin.Network, seed uint64, codes int) (addresses [][variants]string, err error) {
	s, err := seedOf(seed, "attackers")
	if err != nil {
		return nil, err
	}
	keys, err := s.Account(n)
	if err != nil {
		return nil, err
	}
	addresses = make([][variants]string, codes)
	for i := range addresses {
		for v := range variants {
			if addresses[i][v], _, err = keys.Public().Address(false, uint32(i*variants+v)); err != nil { // #nosec G115 -- a few hundred
				return nil, err
			}
		}
	}
	return addresses, nil
}
