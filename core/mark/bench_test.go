package mark

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func BenchmarkQuote(b *testing.B) {
	for _, x := range []struct {
		name string
		step instruction.Time
	}{{"20us", 20}, {"1s", sec}, {"1h", hour}} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			m, now := settled(), t0
			for i := range b.N {
				now += x.step
				m.Quote(now, 99, 101+money.Price(i&1))
			}
		})
	}
}

func BenchmarkLiquid(b *testing.B) {
	for _, x := range []struct {
		name string
		idle instruction.Time
	}{{"20us", 20}, {"30s", 30 * sec}, {"1h", hour}} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			m := settled()
			m.Quote(t0, 99, 103)
			m.Refer(100, t0)
			for range b.N {
				m.Liquid(t0 + x.idle)
			}
		})
	}
}

func BenchmarkPrint(b *testing.B) {
	for _, x := range []struct {
		name string
		step instruction.Time
	}{{"20us", 20}, {"1m", minute}, {"1y", instruction.Year}} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			m, now := traded(), day+instruction.Day
			for i := range b.N {
				if now += x.step; now > 1<<62 {
					now = day
				}
				m.Print(now, 100+money.Price(i&1), 5, alice, bob)
			}
		})
	}
}

func BenchmarkThin(b *testing.B) {
	m := traded()
	for _, x := range []struct {
		name string
		a    instruction.Account
	}{{"stranger", victim}, {"own", bob}} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				m.Thin(day+501*minute, x.a)
			}
		})
	}
}

func BenchmarkHours(b *testing.B) {
	m := traded()
	for _, x := range []struct {
		name string
		ask  func()
	}{
		{"high7", func() { m.High7(day + 501*minute) }},
		{"hour", func() { m.Hour(day + 501*minute) }},
		{"usual", func() { m.Usual(day + 501*minute) }},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				x.ask()
			}
		})
	}
}
