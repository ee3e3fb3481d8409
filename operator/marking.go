package operator

import (
	"strconv"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (s *Server) setValuation(c *caller, in *SetValuation) (Outcome, *problem) {
	id, _, bad := s.asset(in.Asset)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.SetValuation{Asset: id}, nil)
}

func (s *Server) setRoute(c *caller, in *SetRoute) (Outcome, *problem) {
	if in.None == (len(in.Symbols) > 0) {
		return Outcome{}, wrong("malformed-route", "Name the markets from the asset to the valuation asset, in their order, or say that there is no route: one of the two.")
	}
	if len(in.Symbols) > instruction.MaxHops {
		return Outcome{}, wrong("malformed-route", "A route has at most %d markets, and %d are named.", instruction.MaxHops, len(in.Symbols))
	}
	id, _, bad := s.asset(in.Asset)
	if bad != nil {
		return Outcome{}, bad
	}
	list, bad := s.markets(in.Symbols)
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.SetRoute{Asset: id, Markets: list}, nil)
}

// setMarks changes what is named of how a market's prices are taken, and leaves the rest.
func (s *Server) setMarks(c *caller, in *SetMarks) (MarksChanged, *problem) {
	var r MarksChanged
	if *in == (SetMarks{Symbol: in.Symbol}) {
		return r, wrong("malformed-command", "Nothing is named that would change: name a tier, a reference, a depth or a band.")
	}
	list, bad := s.markets([]string{in.Symbol})
	if bad != nil {
		return r, bad
	}
	s.marking.Lock() // nobody else changes them between reading and writing
	defer s.marking.Unlock()
	var m instruction.Marks
	var worth core.Asset
	if bad := s.read(func(st *core.State) {
		m = st.Market(list[0]).Marks
		if a := st.Asset(st.Valuation()); a != nil {
			worth = *a
		}
	}); bad != nil {
		return r, bad
	}
	if worth.Symbol == "" {
		return r, wrong(instruction.NoValuation.String(), "%s", instruction.NoValuation.Sentence())
	}
	if bad := in.trust(&m, worth); bad != nil {
		return r, bad
	}
	if bad := in.bands(&m.Bands); bad != nil {
		return r, bad
	}
	r.Outcome, bad = s.do(c, &instruction.SetMarks{Market: list[0], Marks: m}, nil)
	r.Taken, r.Valuation = taken(&m, worth.Scale), worth.Symbol
	return r, bad
}

// trust reads what is named of tier, reference and depth.
func (in *SetMarks) trust(m *instruction.Marks, worth core.Asset) *problem {
	if in.Tier != "" {
		tier, err := instruction.ParseMarkTier(in.Tier)
		if err != nil {
			return wrong("malformed-command", "%s", sentence(err))
		}
		m.Tier = tier
	}
	if in.Reference != nil {
		m.Reference = *in.Reference
	}
	if in.Depth != "" {
		n, err := money.Parse(in.Depth, worth.Scale)
		if err != nil {
			return badNumber("depth", in.Depth, worth, err)
		}
		m.Depth = n
	}
	return nil
}

// bands reads what is named of the bands. A range of 0 takes the whole halt away.
func (in *SetMarks) bands(b *instruction.Bands) *problem {
	if in.Collar != "" {
		if bad := percent("collar", in.Collar, &b.Collar); bad != nil {
			return bad
		}
	}
	if in.Range != "" {
		if bad := percent("range", in.Range, &b.Range); bad != nil {
			return bad
		}
		if b.Range == 0 {
			if in.Volume != "" || in.Cool != "" {
				return wrong("malformed-command", "A range of 0 takes the halt away, and has neither a volume nor a time to cool.")
			}
			b.Volume, b.Cool = 0, 0
		}
		if b.Range > money.Whole {
			return wrong("malformed-number", "range: %q is more than the 100%% of the hour's highest price that a range can have.", in.Range)
		}
	}
	if in.Volume != "" {
		n, err := strconv.ParseUint(in.Volume, 10, 16)
		if err != nil || n == 0 {
			return wrong("malformed-number", "volume is how many times the usual hour's volume, a whole number from 1 to 65535; not %q.", in.Volume)
		}
		b.Volume = uint16(n) // #nosec G115 -- read as such
	}
	if in.Cool != "" {
		d, err := time.ParseDuration(in.Cool)
		b.Cool = instruction.Time(d.Microseconds())
		if err != nil || b.Cool < instruction.MinCool || b.Cool > instruction.MaxCool {
			return wrong("malformed-number", "cool is how long the market stays halted, from 1m to 24h, such as 15m; not %q.", in.Cool)
		}
	}
	if all := b.Range != 0 && b.Volume != 0 && b.Cool != 0; !all && (b.Range != 0 || b.Volume != 0 || b.Cool != 0) {
		return wrong("malformed-marks", "A halt takes all three: a range, a volume and a time to cool.")
	}
	return nil
}

// percent reads a percentage; 0 may stand without its sign.
func percent(field, text string, into *money.PPM) *problem {
	if text == "0" {
		text = "0%"
	}
	n, err := money.ParsePercent(text)
	if err != nil {
		return wrong("malformed-number", "%s is a percentage with at most 4 decimals, such as 10%%, or 0 for none; not %q.", field, text)
	}
	*into = n
	return nil
}

// taken is how a market's prices are taken, as a reply shows it.
func taken(m *instruction.Marks, worth money.Scale) Taken {
	t := Taken{Tier: m.Tier.String(), Reference: m.Reference, Volume: m.Bands.Volume}
	if m.Depth != 0 {
		t.Depth = m.Depth.Text(worth)
	}
	if m.Bands.Collar != 0 {
		t.Collar = m.Bands.Collar.Percent()
	}
	if m.Bands.Range != 0 {
		t.Range, t.Cool = m.Bands.Range.Percent(), span(m.Bands.Cool)
	}
	return t
}

// span is how long something takes, without zeros that say nothing.
func span(t instruction.Time) string {
	text := (time.Duration(t) * time.Microsecond).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
