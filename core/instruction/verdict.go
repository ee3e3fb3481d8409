package instruction

// Finding is one reason of a verdict with the value that speaks for it; the reason says what the value counts.
type Finding struct {
	Reason Reason
	Value  int64
}

// Measures are what else the gate does with its verdict.
type Measures uint8

const (
	Quarantine  Measures = 1 << 0 // the credential may only read and cancel from now on
	Lock        Measures = 1 << 1 // the account is locked
	Halt        Measures = 1 << 2 // the market is halted
	Alarm       Measures = 1 << 3 // somebody should look
	allMeasures          = Quarantine | Lock | Halt | Alarm
)

var measureNames = names{"QUARANTINE", "LOCK", "HALT", "ALARM"}

// Has says that all of m2 are in m.
func (m Measures) Has(m2 Measures) bool { return m&m2 == m2 }

// String lists the measures, joined by commas.
func (m Measures) String() string { return joined(uint8(m), measureNames) }

// MarshalText is String.
func (m Measures) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// MaxFindings is how many reasons one verdict can carry.
const MaxFindings = 4

// Verdict is what the gate says of one instruction, and why. It is a plain value. A verdict without a reason is
// invalid and does not survive encoding.
type Verdict struct {
	Decision Decision
	Measures Measures // since layout version 3
	n        uint8
	findings [MaxFindings]Finding
}

// Say is a verdict with its first reason.
func Say(d Decision, r Reason, value int64) Verdict {
	return Verdict{Decision: d, n: 1, findings: [MaxFindings]Finding{{r, value}}}
}

// And is the verdict with one more reason; past MaxFindings the reasons that are there stay.
func (v Verdict) And(r Reason, value int64) Verdict {
	if int(v.n) < MaxFindings {
		v.findings[v.n] = Finding{r, value}
		v.n++
	}
	return v
}

// With is the verdict with these measures besides.
func (v Verdict) With(m Measures) Verdict {
	v.Measures |= m
	return v
}

// Findings are the reasons, the weightiest first.
func (v *Verdict) Findings() []Finding { return v.findings[:v.n] }

// Reason is the weightiest reason.
func (v *Verdict) Reason() Reason { return v.findings[0].Reason }

func (c *Codec) measures(m *Measures) {
	if Num8(c, m); *m&^allMeasures != 0 {
		c.Fail("unknown measures %d", uint8(*m))
	}
}

// Fields is the persisted layout.
func (v *Verdict) Fields(c *Codec) {
	if c.Reading() {
		*v = Verdict{} // so that equal verdicts stay comparable, whatever was in v before
	}
	enum(c, &v.Decision, Deny)
	if c.since(3) {
		c.measures(&v.Measures)
	}
	Num8(c, &v.n)
	if v.n == 0 || v.n > MaxFindings {
		c.Fail("a verdict with %d reasons", v.n)
		v.n = 0
	}
	for i := range v.findings[:v.n] {
		f := &v.findings[i]
		Num16(c, &f.Reason)
		if !f.Reason.known() {
			c.Fail("unknown reason %d", uint16(f.Reason))
		}
		Num64(c, &f.Value)
	}
}
