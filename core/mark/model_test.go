package mark

import (
	"bytes"
	"cmp"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

type (
	at = instruction.Time
	id = instruction.Account
)

// told is everything a market was ever told: what it should answer follows from that directly.
type told struct {
	quotes []quoted
	breaks []at
	before []past // from before every break, however many
	prints []printed

	price money.Price
	dated at
}

type quoted struct {
	since at
	mid   int64 // doubled
}

type printed struct {
	waits        at
	price        money.Price
	quote        money.Amount
	taker, maker id
}

func (p *printed) of(a id) bool { return a != 0 && (p.taker == a || p.maker == a) }

func (m *told) latest() at {
	var t at
	if n := len(m.quotes); n > 0 {
		t = m.quotes[n-1].since
	}
	if n := len(m.breaks); n > 0 {
		t = max(t, m.breaks[n-1])
	}
	return t
}

func (m *told) mid() int64 {
	if n := len(m.quotes); n > 0 {
		return m.quotes[n-1].mid
	}
	return 0
}

func (m *told) quote(now at, bid, ask money.Price) {
	mid := int64(bid) + int64(ask)
	if bid <= 0 || ask <= 0 {
		mid = 0
	}
	if mid != m.mid() {
		m.quotes = append(m.quotes, quoted{max(now, m.latest()), mid})
	}
}

// own is the mark of the mid prices since the last break, microsecond for microsecond.
func (m *told) own(now at) (mark Mark, settled bool) {
	from := now/instruction.Second*instruction.Second - 60*instruction.Second
	if n := len(m.breaks); n > 0 {
		from = max(from, m.breaks[n-1])
	}
	sum, covered := new(big.Int), at(0)
	for i, q := range m.quotes {
		end := now
		if i+1 < len(m.quotes) {
			end = min(end, m.quotes[i+1].since)
		}
		if t := end - max(from, q.since); t > 0 && q.mid != 0 {
			sum.Add(sum, new(big.Int).Mul(big.NewInt(q.mid), big.NewInt(int64(t))))
			covered += t
		}
	}
	if mid := m.mid(); mid != 0 {
		mark = Mark{money.Price(mid / 2), money.Price((mid + 1) / 2)}
	}
	if covered > 0 {
		n := big.NewInt(2 * int64(covered))
		low := new(big.Int).Div(sum, n)
		high := new(big.Int).Div(new(big.Int).Add(sum, new(big.Int).Sub(n, big.NewInt(1))), n)
		mark = m.middle(from, now, mark.and(Mark{money.Price(low.Int64()), money.Price(high.Int64())}))
	}
	return mark, covered >= 30*instruction.Second
}

// middle is a mark that has the weighted median of what each second since then averaged in it, or else the average of those
// seconds, none of them further from the median than Stray.
func (m *told) middle(from, now at, were Mark) Mark {
	type one struct {
		mean *big.Rat
		time at
	}
	var all []one
	whole := at(0)
	for b := from / instruction.Second; b <= now/instruction.Second; b++ {
		sum, covered := new(big.Int), at(0)
		for i, q := range m.quotes {
			end := min(now, (b+1)*instruction.Second)
			if i+1 < len(m.quotes) {
				end = min(end, m.quotes[i+1].since)
			}
			if t := end - max(from, q.since, b*instruction.Second); t > 0 && q.mid != 0 {
				sum.Add(sum, new(big.Int).Mul(big.NewInt(q.mid), big.NewInt(int64(t))))
				covered += t
			}
		}
		if covered > 0 {
			all = append(all, one{new(big.Rat).SetFrac(sum, big.NewInt(2*int64(covered))), covered})
			whole += covered
		}
	}
	slices.SortFunc(all, func(a, b one) int { return a.mean.Cmp(b.mean) })
	var mark Mark
	for before, i := at(0), 0; i < len(all); i++ {
		low := new(big.Int).Div(all[i].mean.Num(), all[i].mean.Denom())
		high := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(all[i].mean.Num()), all[i].mean.Denom()))
		if mark.Low == 0 && 2*(before+all[i].time) >= whole {
			mark.Low = money.Price(low.Int64())
		}
		if 2*before <= whole {
			mark.High = money.Price(high.Int64())
		}
		before += all[i].time
	}
	if were.Low <= mark.Low && mark.High <= were.High {
		return were
	}
	limit := func(price money.Price, by int64, up int64) *big.Rat { // whole units, away from the median
		n := new(big.Int).Mul(big.NewInt(int64(price)), big.NewInt(1_000_000+by))
		n.Add(n, big.NewInt(up*999_999))
		return new(big.Rat).SetInt(n.Div(n, big.NewInt(1_000_000)))
	}
	least, most := limit(mark.Low, -int64(Stray), 0), limit(mark.High, int64(Stray), 1)
	sum := new(big.Rat)
	for _, x := range all {
		mean := x.mean
		if mean.Cmp(least) < 0 {
			mean = least
		}
		if mean.Cmp(most) > 0 {
			mean = most
		}
		sum.Add(sum, new(big.Rat).Mul(mean, new(big.Rat).SetInt64(int64(x.time))))
	}
	sum.Quo(sum, new(big.Rat).SetInt64(int64(whole)))
	low := new(big.Int).Div(sum.Num(), sum.Denom())
	high := new(big.Int).Neg(new(big.Int).Div(new(big.Int).Neg(sum.Num()), sum.Denom()))
	return were.and(Mark{money.Price(low.Int64()), money.Price(high.Int64())})
}

func (m *told) breakAt(now at) {
	if len(m.quotes) == 0 {
		return
	}
	latest := m.latest()
	now = max(now, latest)
	if mark, settled := m.own(now); settled {
		if then, settled := m.own(latest); settled {
			mark = mark.and(then)
		}
		m.before = append(m.before, past{mark, now + 60*instruction.Second})
	}
	m.breaks = append(m.breaks, now)
}

func (m *told) liquid(now at) (Mark, bool) {
	var anchor Mark
	now = max(now, m.latest())
	age := now - m.dated
	if m.price != 0 && age >= 0 && age < 70*instruction.Second {
		anchor = Mark{m.price, m.price}
	}
	referred := anchor.Known() && age < 10*instruction.Second
	for _, p := range m.before {
		if now < p.until {
			anchor = anchor.and(p.mark)
		}
	}
	own, settled := m.own(now)
	if !settled && !anchor.Known() {
		return Mark{}, referred
	}
	return anchor.and(own), referred
}

func (m *told) print(waits at, price money.Price, quote money.Amount, taker, maker id) {
	if price <= 0 || quote <= 0 {
		return
	}
	if n := len(m.prints); n > 0 {
		waits = max(waits, m.prints[n-1].waits)
	}
	m.prints = append(m.prints, printed{waits, price, min(quote, money.MaxAmount), taker, maker})
}

// median is the two middle prices of n buckets before the one of now.
func (m *told) median(now, span at, n int, without id) Mark {
	best := map[at]printed{} // by bucket
	for _, p := range m.prints {
		if b, ok := best[p.waits/span]; !ok || p.quote > b.quote {
			best[p.waits/span] = p
		}
	}
	var decided []at
	for b, p := range best {
		if !p.of(without) {
			decided = append(decided, b)
		}
	}
	slices.Sort(decided)
	var prices []money.Price
	for b := now/span - at(n); b < now/span; b++ {
		i, ok := slices.BinarySearch(decided, b)
		if !ok {
			i--
		}
		if i < 0 {
			return Mark{}
		}
		prices = append(prices, best[decided[i]].price)
	}
	slices.Sort(prices)
	return Mark{prices[(n-1)/2], prices[n/2]}
}

func (m *told) thin(waits at, a id) Mark {
	if len(m.prints) == 0 || waits-m.prints[0].waits < 6*3600*instruction.Second {
		return Mark{}
	}
	var mark Mark
	for _, without := range []id{a, 0} {
		short := m.median(waits, 60*instruction.Second, 60, without)
		long := m.median(waits, 300*instruction.Second, 72, without)
		if !short.Known() || !long.Known() {
			return Mark{}
		}
		mark = mark.and(short).and(long)
	}
	return mark
}

func (m *told) high7(waits at) money.Price {
	var high money.Price
	from := waits/(3600*instruction.Second)*3600*instruction.Second - 7*instruction.Day
	for i, p := range m.prints {
		inForce := i+1 == len(m.prints) || m.prints[i+1].waits >= from
		if p.waits >= from || inForce && (i+1 == len(m.prints) || m.prints[i+1].waits > p.waits) {
			high = max(high, p.price)
		}
	}
	return high
}

func (m *told) hour(waits at) (low, high money.Price, volume money.Amount) {
	from := (waits/(60*instruction.Second) - 60) * 60 * instruction.Second
	for _, p := range m.prints {
		if p.waits < from {
			continue
		}
		if low == 0 || p.price < low {
			low = p.price
		}
		high = max(high, p.price)
		volume = min(money.MaxAmount, volume+p.quote)
	}
	return low, high, volume
}

func (m *told) usual(waits at) (median, mean money.Amount, known bool) {
	if len(m.prints) == 0 {
		return 0, 0, false
	}
	const span = 3600 * instruction.Second
	var volumes []money.Amount
	for b := max(m.prints[0].waits/span, waits/span-168); b < waits/span; b++ {
		var v money.Amount
		for _, p := range m.prints {
			if p.waits/span == b {
				v = min(money.MaxAmount, v+p.quote)
			}
		}
		volumes = append(volumes, v)
	}
	if len(volumes) == 0 {
		return 0, 0, false
	}
	slices.Sort(volumes)
	for _, v := range volumes {
		mean = min(money.MaxAmount, mean+v)
	}
	return volumes[(len(volumes)-1)/2], mean / money.Amount(len(volumes)), true
}

// compare holds every answer against the model's.
func (m *told) compare(t *testing.T, x *Market, now, waits at, a id) {
	t.Helper()
	got, referred := x.Liquid(now)
	if want, wantReferred := m.liquid(now); got != want || referred != wantReferred {
		t.Fatalf("at %d: liquid %v, %v; want %v, %v", now, got, referred, want, wantReferred)
	}
	if n := len(m.prints); n > 0 {
		waits = max(waits, m.prints[n-1].waits)
	}
	if got, want := x.Thin(waits, a), m.thin(waits, a); got != want {
		t.Fatalf("at %d: thin for %d %v, want %v", waits, a, got, want)
	}
	if got, want := x.High7(waits), m.high7(waits); got != want {
		t.Fatalf("at %d: high of seven days %d, want %d", waits, got, want)
	}
	low, high, volume := x.Hour(waits)
	if l, h, v := m.hour(waits); l != low || h != high || v != volume {
		t.Fatalf("at %d: hour %d %d %d, want %d %d %d", waits, low, high, volume, l, h, v)
	}
	usual, mean, known := m.usual(waits)
	if got := x.Usual(waits); got != usual {
		t.Fatalf("at %d: usual %d, want %d", waits, got, usual)
	}
	if got, ok := x.Average(waits); got != mean || ok != known {
		t.Fatalf("at %d: on average %d, want %d", waits, got, mean)
	}
}

func write(t testing.TB, m *Market) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	m.Fields(&c)
	if c.Err() != nil {
		t.Fatalf("cannot be written: %v", c.Err())
	}
	return c.Bytes()
}

// again is what comes of a market that is written and read, and fails where it does not write the same.
func again(t *testing.T, m *Market) *Market {
	t.Helper()
	b := write(t, m)
	c := instruction.Reader(b)
	x := &Market{reference: reference{1, 1}, mids: new(mids), prints: new(prints)} // all of which is to be replaced
	x.Fields(&c)
	if err := c.End(); err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
	if !bytes.Equal(write(t, x), b) {
		t.Fatal("what was read writes other bytes")
	}
	return x
}

// play tells a market and the model the same, at random, and compares them at every step.
func play(t *testing.T, seed uint64, steps int) *Market {
	rng := rand.New(rand.NewPCG(seed, 5))
	x, m := new(Market), new(told)
	// Some runs stay within seconds, others go over years. Times lie on boundaries now and then.
	spans := [...]at{1, 1000, instruction.Second, 20 * instruction.Second, minute, five, hour, 3 * instruction.Day}
	reach := 1 + rng.IntN(len(spans))
	aligned := rng.IntN(3) == 0
	step := func() at {
		d := at(rng.Int64N(int64(2 * spans[rng.IntN(reach)])))
		switch rng.IntN(40) {
		case 0:
			d = -d // the clock goes back
		case 1:
			d = 400 * instruction.Day * at(min(1, reach/len(spans)))
		}
		return d
	}
	round := func(t at) at {
		if aligned {
			t = t / instruction.Second * instruction.Second
		}
		return max(t, 0)
	}
	price := func() money.Price { return money.Price(rng.IntN(5) * rng.IntN(60)) } // 0 often
	now, waits := at(rng.Int64N(int64(instruction.Day))), at(rng.Int64N(int64(instruction.Day)))
	if rng.IntN(4) == 0 {
		price = func() money.Price { return money.Price(1<<62 - 2 - rng.Int64N(3)) } // the double of which fits
	}
	for range steps {
		now, waits = round(now+step()), round(waits+step())
		switch rng.IntN(12) {
		case 0:
			dated := max(0, now-at(rng.Int64N(int64(80*instruction.Second)))+5*instruction.Second)
			p := price()
			taken := p > 0 && dated > m.dated
			if got := x.Refer(p, dated); got != taken {
				t.Fatalf("a reference of %d as of %d taken: %v", p, dated, got)
			}
			if taken {
				m.price, m.dated = p, dated
			}
		case 1:
			x.Break(now)
			m.breakAt(now)
		case 2:
			x = again(t, x)
		case 3, 4, 5, 6, 7:
			n := money.Amount(rng.IntN(4))
			if rng.IntN(10) == 0 {
				n = money.MaxAmount - 1 + n
			}
			p, taker, maker := price(), id(rng.IntN(5)), id(rng.IntN(5))
			x.Print(waits, p, n, taker, maker)
			m.print(waits, p, n, taker, maker)
		default:
			bid, ask := price(), price()
			if rng.IntN(2) == 0 {
				ask = bid + money.Price(rng.IntN(2))
			}
			x.Quote(now, bid, ask)
			m.quote(now, bid, ask)
		}
		a := id(rng.IntN(5))
		m.compare(t, x, now, waits, a)
		m.compare(t, x, now+max(0, step()), waits+max(0, step()), a)
	}
	return x
}

// TestModel holds the market against everything it was told, at random.
func TestModel(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 100
	}
	for seed := range uint64(runs) {
		ok := t.Run("", func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			play(t, seed, 250)
		})
		if !ok {
			return
		}
	}
}

// TestWhole plays seven days of steady trading with a tick a second in between: rings wrap whole several times.
func TestWhole(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	x, m := new(Market), new(told)
	now := at(1_514_764_800) * instruction.Second
	for i := range 4000 {
		now += at(rng.Int64N(int64(5 * minute)))
		p := money.Price(100 + rng.IntN(20))
		n := money.Amount(1 + rng.IntN(1000))
		a, b := id(1+rng.IntN(3)), id(1+rng.IntN(3))
		x.Print(now, p, n, a, b)
		m.print(now, p, n, a, b)
		if i%40 == 0 {
			m.compare(t, x, now, now+at(rng.Int64N(int64(hour))), a)
		}
	}
	if cmp.Compare(x.High7(now), 0) <= 0 || !x.Thin(now, 0).Known() {
		t.Fatal("nothing was compared")
	}
}
