package feature

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"portcullis/core/instruction"
)

const aDay = 24 * 3600

// mover is a key of a customer of the same number, created long ago.
func mover(c uint32, network uint64, now Second) *Mover {
	return &Mover{Now: now, Credential: instruction.Credential(c), Customer: instruction.Account(c), Network: 4<<60 | instruction.Network(network)}
}

// TestSize: what a key, an account and a network cost, that none of it has a pointer, and that nothing is allocated for what is
// known.
func TestSize(t *testing.T) {
	for _, x := range []struct {
		of   reflect.Type
		most uintptr
	}{{reflect.TypeFor[Key](), 200}, {reflect.TypeFor[Account](), 440}, {reflect.TypeFor[Market](), 64}, {reflect.TypeFor[Network](), 48}} {
		if got := x.of.Size(); got > x.most {
			t.Errorf("%v has %d bytes, more than %d", x.of, got, x.most)
		}
		if hasPointer(x.of) {
			t.Errorf("%v has a pointer", x.of)
		}
	}
	f, now := New(), start
	trade := func() {
		now++
		m := mover(7, uint64(now%8), now)
		m.Integrator = "bots"
		f.Moved(m)
		f.Placed(m, 3)
		f.Denied(m)
		f.Traded(&Trade{Now: now, Market: 3, Quote: 100, Worth: 100, Taker: Side{Credential: 7, Account: 7, Customer: 7, Order: 1, Integrator: "bots"}, Maker: Side{Credential: 8, Account: 8, Customer: 8, Order: 2}})
		f.Settle()
		f.Withdrew(7, 10, 5, now)
		k := f.KeyAt(7, now)
		f.IntegratorAt("bots", &k, now)
		f.NetworkAt(m.Network, now)
		a := f.AccountAt(7, now)
		a.With(8, now)
	}
	for range 10 {
		trade()
	}
	if n := testing.AllocsPerRun(1000, trade); n != 0 {
		t.Errorf("%v allocations", n)
	}
	f.Moved(mover(1_000_000, 1, now))
	if ids, keys := f.keys.Room(); 4*ids+200*keys > 150_000 {
		t.Errorf("a million keys of which three did anything have room for %d ids and %d keys", ids, keys)
	}
}

func hasPointer(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.String, reflect.Interface, reflect.Func, reflect.Chan:
		return true
	case reflect.Array:
		return hasPointer(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if hasPointer(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}

// TestNetworkNew: a network is new for a day, and again after ninety; what a key uses on its first day is its own; and looking at
// it changes nothing.
func TestNetworkNew(t *testing.T) {
	f, made := New(), start
	at := func(network uint64, after Second) (hours int64, fresh bool) {
		k := f.KeyAt(1, start+after)
		return k.NetworkHours(4<<60|instruction.Network(network), start+after, made)
	}
	move := func(network uint64, after Second) {
		m := mover(1, network, start+after)
		m.Made = made
		f.Moved(m)
	}
	if _, fresh := at(1, 3600); fresh {
		t.Error("a key of an hour is a stranger anywhere")
	}
	if _, fresh := at(1, 3*aDay); !fresh {
		t.Error("a key that was never used is at home everywhere")
	}
	move(1, 3600)
	if hours, fresh := at(1, 2*3600); fresh || hours != 25 {
		t.Errorf("the network that a key was made for: %d h, new %t", hours, fresh)
	}
	move(2, 2*aDay)
	if hours, fresh := at(2, 2*aDay+23*3600); !fresh || hours != 23 {
		t.Errorf("a network of a day: %d h, new %t", hours, fresh)
	}
	if _, fresh := at(2, 3*aDay+3600); fresh {
		t.Error("a network stays new")
	}
	move(2, 60*aDay)
	if _, fresh := at(1, 92*aDay); !fresh {
		t.Error("a network of long ago is known")
	}
	if hours, fresh := at(2, 92*aDay); fresh || hours < 60*24 {
		t.Errorf("a network of lately: %d h, new %t", hours, fresh)
	}
	k := f.KeyAt(1, start+61*aDay)
	if idle, ever := k.Idle(start + 61*aDay); idle != 24 || !ever {
		t.Errorf("idle for %d h, %t", idle, ever)
	}
}

// TestHoursGoOn: after seven years the hours of a key are counted anew, and what it knows stays.
func TestHoursGoOn(t *testing.T) {
	f := New()
	now := start
	f.Moved(mover(1, 9, now))
	f.Widened(1, now)
	for range 100 { // 16 years
		now += 60 * aDay
		f.Moved(mover(1, 1, now))
		k := f.KeyAt(1, now+3600)
		hours, fresh := k.NetworkHours(4<<60|1, now+3600, 0)
		if want := int64(now+3600-start-60*aDay) / 3600; fresh && want > day || !fresh && (hours > want || hours < min(want, maxHours/2)) {
			t.Fatalf("after %d days: %d h, not %d; new %t", (now-start)/aDay, hours, want, fresh)
		}
		if w, ever := k.WidenedHours(now); !ever || w > int64(now-start)/3600+day || w < min(int64(now-start)/3600, maxHours/2-1) {
			t.Fatalf("widened %d h ago after %d days", w, (now-start)/aDay)
		}
	}
}

// TestBurst: a bot's steady rate is no burst, whatever it is; eight times its own is one within minutes, and calm ends it.
func TestBurst(t *testing.T) {
	for _, every := range []Second{2, 60, 3600} {
		f, now, most, exact := New(), start, int64(0), float64(start)
		r := rand.New(rand.NewPCG(uint64(every), 1))
		order := func(every Second) int64 {
			exact += r.ExpFloat64() * float64(every)
			now = Second(exact)
			m := mover(1, 1, now)
			f.Moved(m)
			f.Placed(m, 1)
			k := f.KeyAt(1, now)
			return k.Burst()
		}
		for now < start+10*aDay {
			if b := order(every); now > start+2*aDay {
				most = max(most, b)
			}
		}
		if most > 1600 {
			t.Errorf("one order in %d s: %d at most", every, most)
		}
		every = min(every, 600) // the least rate that is one's own
		reached := 0
		for range 60 {
			if order(max(every/8, 1)) > 2500 {
				reached++
			}
		}
		if every > 2 && reached == 0 {
			t.Errorf("eight times one order in %d s is no burst", every)
		}
		now += 20 * aDay
		if k := f.KeyAt(1, now); k.Burst() != 0 {
			t.Errorf("%d after calm", k.Burst())
		}
	}
}

// TestSprt: an order speaks once, however many it meets; bad ones add up, and good ones take off.
func TestSprt(t *testing.T) {
	f := New()
	taker := Side{Credential: 1, Account: 1, Customer: 1}
	fill := func(order instruction.Order, maker instruction.Order, worth uint64, lost int64, first bool) {
		taker.Order, taker.Lost = order, lost
		f.Traded(&Trade{Now: start, Market: 1, Quote: worth, Worth: worth, Taker: taker, Maker: Side{Credential: 2, Account: 2, Customer: 2, Order: maker, Lost: -lost, First: first}})
	}
	sprt := func(c instruction.Credential) int64 {
		k := f.KeyAt(c, start)
		return k.Sprt()
	}
	for i := range instruction.Order(50) { // one order that meets fifty
		fill(1, 100+i, 1000, 50, true)
	}
	f.Settle()
	if got := sprt(1); got != badFill {
		t.Errorf("one bad order says %d", got)
	}
	fill(2, 200, 1000, 10, true) // exactly 100 basis points
	f.Settle()
	if got := sprt(1); got != badFill-goodFill {
		t.Errorf("after a good one %d", got)
	}
	f.Settle()
	if got := sprt(1); got != badFill-goodFill {
		t.Errorf("settling twice makes it %d", got)
	}
	for i := range instruction.Order(20) { // the maker's order that loses speaks once, with its first fill
		fill(300+i, 7, 1000, -500, i == 0)
		f.Settle()
	}
	if got := sprt(2); got != badFill {
		t.Errorf("one bad order that rested says %d", got)
	}
}

// TestCrowd: strangers are counted by customer, so that nobody makes a crowd of his own keys; keys that were never used before
// are none.
func TestCrowd(t *testing.T) {
	f := New()
	come := func(key, customer uint32, network uint64) {
		m := mover(key, network, start)
		m.Customer, m.Integrator = instruction.Account(customer), "bots"
		f.Moved(m)
	}
	for key := range uint32(20) {
		come(key+1, key+1, uint64(100+key))
	}
	for key := range uint32(10) { // one customer's ten keys
		come(key+1, 1, 7)
	}
	n := f.NetworkAt(4<<60|7, start)
	if n.Strangers1h != 1 || n.Strangers24h != 1 || n.Keys1h != 0 {
		t.Errorf("one customer's keys make %+v", n)
	}
	for key := range uint32(5) {
		come(key+11, key+11, 7)
		come(key+11, key+11, 7)
	}
	if n = f.NetworkAt(4<<60|7, start); n.Strangers1h != 6 || n.Strangers24h != 6 {
		t.Errorf("five more customers make %+v", n)
	}
	if x := f.IntegratorAt("bots", nil, start); x.Keys1h != 20 || x.Strangers1h != 6 {
		t.Errorf("the integrator has %+v", x)
	}
	if x := f.NetworkAt(4<<60|100, start); x.Keys1h != 1 || x.Strangers1h != 0 {
		t.Errorf("a key's first network has %+v", x)
	}
	for customer := range instruction.Account(3) {
		f.Flagged("bots", 5, start)
		f.Flagged("bots", customer+5, start)
	}
	if x := f.IntegratorAt("bots", nil, start); x.Flagged24h != 3 {
		t.Errorf("three customers were flagged, not %d", x.Flagged24h)
	}
}

// TestFlood: whoever comes from ever new networks with keys of his own pushes out none that customers have in common, and the
// table stays within its bounds.
func TestFlood(t *testing.T) {
	f := New()
	for key := range uint32(6) {
		f.Moved(mover(key+1, uint64(1000+key), start))
		f.Moved(mover(key+1, 7, start))
	}
	for i := range uint64(5 * ringSize) {
		m := mover(99, 100_000+i, start+Second(i))
		f.Moved(m)
	}
	if n := f.NetworkAt(4<<60|7, start); n.Strangers24h != 6 {
		t.Errorf("after a flood the network knows of %+v", n)
	}
	if n := f.NetworkAt(4<<60|1000, start); n.Keys1h != 0 {
		t.Errorf("a network of one key is still known: %+v", n)
	}
	for i := range uint64(3 * ringSize) { // two customers together
		now := start + Second(i)
		f.Moved(mover(99, 900_000+i, now))
		f.Moved(mover(98, 900_000+i, now))
		if i%1000 == 0 {
			f.Moved(mover(97, 7, now))
			f.Moved(mover(97, 8, now))
		}
	}
	if got := len(f.networks.where); got > 2*ringSize {
		t.Errorf("%d networks are kept", got)
	}
	for id, at := range f.networks.where {
		if got := f.networks.rings[at/ringSize].list[at%ringSize].id; got != id {
			t.Fatalf("%v is at the place of %v", id, got)
		}
	}
	for i := range maxIntegrators + 100 {
		m := mover(uint32(i+1), 1, start+Second(i))
		m.Integrator = string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676)})
		f.Moved(m)
	}
	if len(f.integrators.list) != maxIntegrators+1 || len(f.integrators.of) != maxIntegrators {
		t.Errorf("%d integrators are kept", len(f.integrators.of))
	}
	if got, old := f.integrators.of["aaa"], f.integrators.at("aaa", 1); got != 0 || old != nil {
		t.Error("the integrator that did least lately is still there")
	}
}

// random is a state that a lot happened to.
func random(seed uint64, steps int) (*Features, func(*Features, int)) {
	r := rand.New(rand.NewPCG(seed, 2))
	now := start
	more := func(f *Features, steps int) {
		for range steps {
			now += Second(r.IntN(1000))
			c := uint32(r.IntN(30) + 1)
			m := mover(c, uint64(r.IntN(12)), now)
			m.Integrator = []string{"", "a", "b", "c"}[r.IntN(4)]
			switch r.IntN(8) {
			case 0:
				f.Denied(m)
			case 1:
				f.Withdrew(m.Customer, r.Uint64N(1000), r.Uint64N(20)+1, now)
			case 2:
				f.Widened(m.Credential, now)
			case 3:
				f.Flagged(m.Integrator, m.Customer, now)
			case 4:
				f.Transferred(m.Customer, r.Uint64N(1000), now)
			case 5:
				o := instruction.Account(r.IntN(30) + 1) // #nosec G115 -- small
				lost := r.Int64N(1000) - 500
				f.Traded(&Trade{
					Now: now, Market: instruction.Market(r.IntN(5)), Quote: r.Uint64N(1e6), Worth: r.Uint64N(1e6), // #nosec G115 -- small
					Taker: Side{Credential: m.Credential, Account: m.Customer, Customer: m.Customer, Order: instruction.Order(r.Uint64()), Integrator: m.Integrator, Lost: lost},
					Maker: Side{Credential: instruction.Credential(o), Account: o, Customer: o, Order: instruction.Order(r.Uint64()), Lost: -lost, First: true},
				})
				f.Settle()
			case 6:
				if r.IntN(20) == 0 {
					f.Forget(m.Credential)
				}
			default:
				f.Moved(m)
				f.Placed(m, instruction.Market(r.IntN(9)+1)) // #nosec G115 -- small
			}
		}
	}
	f := New()
	more(f, steps)
	return f, more
}

func written(f *Features) []byte {
	c := instruction.Writer(nil)
	f.Fields(&c)
	return c.Bytes()
}

// TestFields: what is read back is the same, and goes on the same.
func TestFields(t *testing.T) {
	for seed := range uint64(5) {
		f, more := random(seed, 3000)
		_, again := random(seed, 3000)
		c, copied := instruction.Reader(written(f)), New()
		copied.Fields(&c)
		if err := c.End(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written(f), written(copied)) {
			t.Fatalf("seed %d: a copy is another", seed)
		}
		more(f, 1000)
		again(copied, 1000)
		if !bytes.Equal(written(f), written(copied)) {
			t.Fatalf("seed %d: a copy goes on in another way", seed)
		}
	}
}

// FuzzFields reads a state from any bytes. What it takes goes out as the same bytes, and can be used.
func FuzzFields(f *testing.F) {
	f.Add(written(New()))
	for seed := range uint64(3) {
		x, _ := random(seed, 200)
		f.Add(written(x))
	}
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, x := instruction.Reader(b), New()
		x.Fields(&c)
		if c.End() != nil {
			return
		}
		if got := written(x); !bytes.Equal(got, b) {
			t.Fatalf("%x goes out as %x", b, got)
		}
		now := Second(1_800_000_000)
		m := mover(1, 1, now)
		x.Moved(m)
		x.Placed(m, 1)
		x.Denied(m)
		x.Traded(&Trade{Now: now, Market: 1, Quote: 5, Worth: 5, Taker: Side{Credential: 1, Account: 1, Customer: 1, Order: 1}, Maker: Side{Credential: 2, Account: 2, Customer: 2, Order: 2}})
		x.Settle()
		k := x.KeyAt(1, now)
		k.Idle(now)
		x.IntegratorAt("a", &k, now)
	})
}

// BenchmarkUpdate is what records cost at 10,000 keys: a key's own when it places an order and when it trades; all of an order;
// and all of a fill, which is of two keys, two accounts and a market.
func BenchmarkUpdate(b *testing.B) {
	const keys = 10_000
	f := New()
	r := rand.New(rand.NewPCG(1, 1))
	order := func(now Second) {
		c := uint32(r.IntN(keys) + 1)
		m := mover(c, uint64(c%3000), now)
		f.Moved(m)
		f.Placed(m, instruction.Market(c%5+1)) // #nosec G115 -- small
	}
	fill := func(now Second) {
		x, y := instruction.Credential(r.IntN(keys)+1), instruction.Credential(r.IntN(keys)+1) // #nosec G115 -- small
		f.Traded(&Trade{
			Now: now, Market: 1, Quote: 1000, Worth: 1000,
			Taker: Side{Credential: x, Account: instruction.Account(x), Customer: instruction.Account(x), Order: 1, Lost: 3},
			Maker: Side{Credential: y, Account: instruction.Account(y), Customer: instruction.Account(y), Order: 2, Lost: -3},
		})
		f.Settle()
	}
	for i := range 5 * keys {
		order(start + Second(i/100))
		fill(start + Second(i/100))
	}
	now := start + 5*keys/100
	run := func(name string, do func(now Second)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				do(now + Second(i/1000))
			}
		})
	}
	run("key/order", func(now Second) {
		k := f.key(instruction.Credential(r.IntN(keys)+1), now) // #nosec G115 -- small
		k.visit(5, false)
		k.order(3, false)
	})
	run("key/trade", func(now Second) {
		k := f.key(instruction.Credential(r.IntN(keys)+1), now) // #nosec G115 -- small
		k.trade(instruction.Account(r.IntN(keys)+1), 1000, 3)   // #nosec G115 -- small
	})
	run("order", order)
	run("fill", fill)
}
