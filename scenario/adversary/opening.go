package adversary

import (
	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// opening are plans that people know, to begin a search with.
func opening(t floor.Tier) []Plan {
	m, buy, sell := floor.BTCUSDT, instruction.Buy, instruction.Sell
	if t.Thin() {
		m = floor.DMGUSDT
	}
	const (
		day    = instruction.Day
		second = instruction.Second
	)
	drain := Move{Kind: Drain, Market: m, Side: buy, Off: 900_000, Size: 200_000, Count: 30, Manner: 2}
	back := Move{Kind: Drain, Market: m, Side: sell, Off: 450_000, Size: 200_000, Count: 30, Manner: 2}
	at := func(p Move, change func(*Move)) Move { change(&p); return p }
	sells := func(m instruction.Market, off int64) Move {
		return Move{Kind: Drain, Market: m, Side: sell, Off: off, Size: 1_000_000, Count: 3, Manner: 2}
	}
	buys := func(m instruction.Market, off int64) Move {
		return Move{Kind: Drain, Market: m, Side: buy, Off: off, Size: 1_000_000, Count: 3, Manner: 2}
	}
	home := Move{Kind: Shift, Market: m, Manner: 1}
	all := Plan{Name: "everything", Span: 26 * hour, Moves: []Move{home, sells(floor.BTCUSDT, 950_000), sells(floor.ETHUSDT, 950_000), buys(floor.BTCUSDT, 9_000_000)}}
	if t.Thin() {
		all.Moves = []Move{home, sells(floor.BTCUSDT, 3_000), sells(floor.ETHUSDT, 3_000), buys(floor.DMGUSDT, 9_000_000), sells(floor.DMGUSDT, 900_000)}
	}
	all.Moves = append(all.Moves, Move{Kind: Wait, Market: m, Span: 2 * hour})
	list := []Plan{
		all,
		{Name: "dump and buy back at prices of the thief's making", Span: 50 * hour, Moves: []Move{drain, back, {Kind: Wait, Market: m, Span: 2 * hour}}},
		{Name: "the same by market orders", Span: 26 * hour, Moves: []Move{
			at(drain, func(m *Move) { m.Manner = 2 | 1<<2 }), at(back, func(m *Move) { m.Manner = 2 | 1<<2 }), {Kind: Wait, Market: m, Span: 2 * hour}}},
		{Name: "the victim stands in the book, and is taken", Span: 26 * hour, Moves: []Move{
			at(drain, func(m *Move) { m.Manner = 2 | 5<<2 }), at(back, func(m *Move) { m.Manner = 2 | 5<<2 }), {Kind: Wait, Market: m, Span: 2 * hour}}},
		{Name: "salami", Span: 26 * hour, Moves: []Move{
			{Kind: Drain, Market: m, Side: buy, Off: 900, Size: 1_000, Count: 100, Span: 100 * second, Manner: 2},
			{Kind: Drain, Market: m, Side: sell, Off: 900, Size: 1_000, Count: 100, Span: 100 * second, Manner: 2}}},
		{Name: "pump for hours, sell to the victim, dump, buy back", Span: 30 * day, Moves: []Move{
			{Kind: Pump, Market: m, Side: buy, Off: 9_000_000, Size: 10_000, Count: 100, Span: 8 * hour},
			at(drain, func(m *Move) { m.Off = 9_000_000; m.Count = 10 }),
			{Kind: Pump, Market: m, Side: sell, Off: 900_000, Size: 10_000, Count: 100, Span: 8 * hour},
			at(back, func(m *Move) { m.Off = 900_000; m.Count = 10 })}},
		{Name: "pump for months", Span: 90 * day, Confirm: 7 * day, Moves: []Move{
			{Kind: Pump, Market: m, Side: buy, Off: 3_000_000, Size: 10_000, Count: 3_000, Span: 10 * day, Manner: 2},
			at(drain, func(m *Move) { m.Off = 3_000_000; m.Count = 10 }), {Kind: Wait, Market: m, Span: 26 * hour}}},
		{Name: "displace the middle, and trade there", Span: 26 * hour, Moves: []Move{
			{Kind: Displace, Market: m, Side: buy, Off: 10_000, Size: 1_000, Span: 70 * second},
			{Kind: Drain, Market: m, Side: buy, Off: 0, Size: 250_000, Count: 3, Manner: 1},
			{Kind: Wait, Market: m, Span: 90 * second},
			{Kind: Displace, Market: m, Side: sell, Off: 10_000, Size: 1_000, Span: 70 * second},
			{Kind: Drain, Market: m, Side: sell, Off: 0, Size: 250_000, Count: 3, Manner: 1},
			{Kind: Wait, Market: m, Span: 90 * second}}},
		{Name: "within the spread", Span: 26 * hour, Moves: []Move{
			{Kind: Drain, Market: m, Side: buy, Off: 400, Size: 200_000, Count: 3, Manner: 2},
			{Kind: Drain, Market: m, Side: sell, Off: 400, Size: 200_000, Count: 3, Manner: 2}, {Kind: Wait, Market: m, Span: 10 * second}}},
		{Name: "gain, then drain", Span: 26 * hour, Moves: []Move{
			{Kind: Drain, Market: m, Side: buy, Off: -100_000, Size: 100_000, Count: 3, Manner: 0},
			at(drain, func(m *Move) { m.Off = 100_000 }), {Kind: Wait, Market: m, Span: hour}}},
		{Name: "churn for rebates", Span: 26 * hour, Moves: []Move{{Kind: Churn, Market: m, Side: buy, Off: 10, Size: 250_000, Count: 100, Span: 100 * second}}},
		{Name: "the victim's own orders, once the price has moved", Span: 50 * hour, Moves: []Move{
			{Kind: Rest, Market: m, Side: buy, Off: 20_000, Size: 100_000, Count: 4, Manner: 4}, {Kind: Rest, Market: m, Side: sell, Off: 20_000, Size: 100_000, Count: 4, Manner: 4},
			{Kind: Displace, Market: m, Side: sell, Off: 20_000, Size: 1_000, Span: 70 * second},
			{Kind: Take, Market: m}, {Kind: Wait, Market: m, Span: 13 * hour}}},
		{Name: "stops that start at printed prices", Span: 26 * hour, Moves: []Move{
			{Kind: Stops, Market: m, Side: sell, Off: 300_000, Size: 100_000, Count: 3, Manner: 2},
			{Kind: Stops, Market: m, Side: buy, Off: 300_000, Size: 100_000, Count: 3, Manner: 2 | 1<<3}, {Kind: Wait, Market: m, Span: hour}}},
		{Name: "pairs and trailing stops", Span: 26 * hour, Moves: []Move{
			{Kind: Stops, Market: m, Side: sell, Off: 100_000, Size: 100_000, Count: 3, Manner: 2 | 3<<3},
			{Kind: Stops, Market: m, Side: buy, Off: 100_000, Size: 100_000, Count: 3, Manner: 2 | 2<<3}, {Kind: Wait, Market: m, Span: hour}}},
		{Name: "storms", Span: 26 * hour, Moves: []Move{{Kind: Storm, Market: m, Side: buy, Off: 20_000, Size: 300_000, Count: 100, Manner: 2}, {Kind: Wait, Market: m, Span: hour}}},
		{Name: "all markets at once", Span: 26 * hour, Moves: []Move{
			{Kind: Batch, Market: m, Side: buy, Off: 50_000, Size: 100_000, Count: 2, Manner: 2},
			{Kind: Batch, Market: m, Side: sell, Off: 50_000, Size: 100_000, Count: 2, Manner: 2}, {Kind: Wait, Market: m, Span: hour}}},
		{Name: "keys in turn", Span: 50 * hour, Moves: []Move{drain, {Kind: Rotate, Manner: 2, Market: m}, back, {Kind: Rotate, Market: m}, {Kind: Shift, Market: m}, {Kind: Wait, Market: m, Span: 2 * hour}}},
		{Name: "halts, restarts and clocks", Span: 8 * day, Moves: []Move{
			drain, {Kind: Halt, Market: m, Span: 70 * second}, back, {Kind: Restart, Market: m}, drain, {Kind: Leap, Market: m, Span: 26 * hour}, back,
			{Kind: Leap, Market: m, Span: 26 * hour, Manner: 1}, drain, {Kind: Wait, Market: m, Span: 2 * hour}}},
		{Name: "while references are lost", Span: 26 * hour, Moves: []Move{
			{Kind: Starve, Market: m, Span: 90 * second, Manner: 1}, {Kind: Displace, Market: m, Side: buy, Off: 2_000, Size: 1_000, Span: 70 * second},
			{Kind: Drain, Market: m, Side: buy, Off: 0, Size: 250_000, Count: 4, Manner: 1},
			{Kind: Starve, Market: m, Span: 90 * second}, {Kind: Wait, Market: m, Span: hour}}},
		{Name: "normal first", Span: 90 * day, Confirm: day, Moves: []Move{
			{Kind: Normal, Market: m, Side: buy, Count: 20, Size: 50_000, Span: 600 * second}, {Kind: Wait, Market: m, Span: 3 * day}, drain, back}},
	}
	if !t.Thin() {
		list = append(list, pairs()...)
	}
	return list
}

// pairs are plans about a pair of two coins, of which its own mark and those of the two coins say different things.
func pairs() []Plan {
	const second = instruction.Second
	m, buy, sell := floor.ETHBTC, instruction.Buy, instruction.Sell
	displace := func(m instruction.Market, side instruction.Side, off int64) Move {
		return Move{Kind: Displace, Market: m, Side: side, Off: off, Size: 1_000, Span: 70 * second}
	}
	drain := func(side instruction.Side, off int64, manner int) Move {
		return Move{Kind: Drain, Market: m, Side: side, Off: off, Size: 250_000, Count: 3, Manner: manner}
	}
	wait := Move{Kind: Wait, Market: m, Span: 90 * second}
	return []Plan{
		{Name: "a pair is moved, sold and bought back", Span: 26 * hour, Moves: []Move{
			displace(m, buy, 10_000), drain(sell, 0, 1), drain(buy, 0, 1), wait, displace(m, sell, 10_000), drain(buy, 0, 1), drain(sell, 0, 1), wait}},
		{Name: "what values a pair is moved, and it is not", Span: 26 * hour, Moves: []Move{
			displace(floor.ETHUSDT, buy, 10_000), drain(buy, 10_000, 2), wait, displace(floor.BTCUSDT, buy, 10_000), drain(sell, 10_000, 2), wait}},
		{Name: "to and fro in a pair within its error", Span: 26 * hour, Moves: []Move{
			{Kind: Drain, Market: m, Side: sell, Off: 400, Size: 100_000, Count: 30, Span: 30 * second, Manner: 2},
			{Kind: Drain, Market: m, Side: buy, Off: 400, Size: 100_000, Count: 30, Span: 30 * second, Manner: 2}}},
	}
}
