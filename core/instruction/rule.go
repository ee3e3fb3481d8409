package instruction

// RuleID names a rule for good: it is given out by the core with the rule's name, and stays with the name.
type RuleID uint32

// ProposalID counts what waited for a second operator's word.
type ProposalID uint32

// Bounds of packs.
const (
	MaxRules       = 64
	MaxFiredValues = 16 // features that one rule reads
	MaxRuleName    = 48 // bytes, of a-z 0-9 and -
	MaxCatches     = 240
	MaxCondition   = 4096
	MaxRulesReason = 500
)

// How long what loosens waits for a second operator, and how long a rule may be suspended; by the clock of waits.
const (
	ProposalWait = Day
	MinSnooze    = Day / 24
	MaxSnooze    = 7 * Day
	// QuietRule is how long nothing more is told of a rule that fired and was told.
	QuietRule = 10 * 60 * Second
	// Vouched is for how long rules let a key be whose owner says that what it did was meant.
	Vouched = Day
)

// When is what a rule judges: append-only.
type When uint8

const (
	WhenOrder      When = 1 // orders, their replacement and lists of them
	WhenWithdrawal When = 2
	WhenTransfer   When = 3 // between accounts of one customer
)

// Severity is how much a rule matters: append-only, and the higher the more.
type Severity uint8

const (
	Info     Severity = 1
	Low      Severity = 2
	Medium   Severity = 3
	High     Severity = 4
	Critical Severity = 5
)

// Response is what a rule does to what it fires on: append-only.
type Response uint8

const (
	RespondAlarm     Response = 1 // it is on record, and goes on
	RespondHold      Response = 2 // waits for time; of an order and a transfer, denied
	RespondChallenge Response = 3 // waits for its owner's word; of an order and a transfer, denied
	RespondDeny      Response = 4
)

// RuleMode is how a rule stood when it fired: append-only.
type RuleMode uint8

const (
	Enforced RuleMode = 1
	Shadowed RuleMode = 2 // it only says what it would do
	Snoozed  RuleMode = 3 // likewise, for a time
)

var (
	whenNames     = names{"", "ORDER", "WITHDRAWAL", "TRANSFER"}
	severityNames = names{"", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"}
	responseNames = names{"", "ALARM", "HOLD", "CHALLENGE", "DENY"}
	ruleModeNames = names{"", "ENFORCED", "SHADOW", "SNOOZED"}
)

func (w When) String() string                   { return whenNames.text(int(w)) }
func (w When) MarshalText() ([]byte, error)     { return []byte(w.String()), nil }
func (s Severity) String() string               { return severityNames.text(int(s)) }
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (r Response) String() string               { return responseNames.text(int(r)) }
func (r Response) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
func (m RuleMode) String() string               { return ruleModeNames.text(int(m)) }
func (m RuleMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// ParseWhen reads the name of what a rule judges, in any case.
func ParseWhen(text string) (When, error) {
	n, err := whenNames.find("kind of request that a rule judges", text)
	return When(n), err
}

// ParseSeverity reads a severity's name, in any case.
func ParseSeverity(text string) (Severity, error) {
	n, err := severityNames.find("severity", text)
	return Severity(n), err
}

// ParseResponse reads a rule's verdict, in any case.
func ParseResponse(text string) (Response, error) {
	n, err := responseNames.find("verdict of a rule", text)
	return Response(n), err
}

// Rule is one rule as it is in force. Of the measures it may name quarantine, lock and halt.
type Rule struct {
	Name      string
	Catches   string // one sentence: what it catches. Whoever it stops is told so
	Condition string // as it was written; what judges is the program
	When      When
	Severity  Severity
	Response  Response
	Measures  Measures
	Shadow    bool
	Program   []Op
}

// Snooze suspends a rule: it still fires, and stops nothing.
type Snooze struct {
	Rule       RuleID     // 0: every rule
	Account    Account    // 0: for everybody
	Credential Credential // 0: for every key
	Until      Time       // by the clock of waits; 0: no longer
}

// SetRules puts a pack of rules in place of the one in force: all of it, so that what is in force can be read in one record. What
// loosens only waits, for a second operator.
type SetRules struct {
	Reason string // why; 1 to 500 bytes on one line
	Rules  []Rule
}

// AnswerRules is an operator's yes or no to what waits for a second one. Who proposed it may only take it back.
type AnswerRules struct {
	Proposal ProposalID
	Yes      bool
}

// SnoozeRule asks to suspend a rule for a time, or ends that.
type SnoozeRule struct {
	Rule    RuleID
	Account Account // 0: for everybody
	For     Time    // from when it is agreed to; 0 ends it
	Reason  string  // why; 1 to 500 bytes on one line
}

// FeatureValue is what a feature was.
type FeatureValue struct {
	Feature Feature
	Value   int64
}

// RuleFired says that a rule's condition held for the record's instruction, and on which values.
type RuleFired struct {
	Rule   RuleID
	Pack   uint32 // which pack it was of
	Mode   RuleMode
	Tell   bool           // somebody should hear of it: the rule is enforced, and none of it was told for a while
	Values []FeatureValue // of the features that it reads
}

// RulesProposed says that something that loosens waits for the word of another operator.
type RulesProposed struct {
	ID       ProposalID
	Operator uint32 // who proposed it
	Due      Time   // when it ends unanswered, by the clock of waits
	Reason   string
	Snooze   Snooze // where a snooze is proposed; its Until is for how long. Else a pack is:
	Rules    []Rule
}

// RulesSet says that a pack is in force.
type RulesSet struct {
	Pack     uint32
	Proposal ProposalID // that was agreed to; 0 for none
	Reason   string
	Rules    []Rule
}

// RulesRejected says that a proposal came to nothing.
type RulesRejected struct {
	Proposal ProposalID
	End      MatterEnd // ByNo, BySilence, or BySuccessor: another pack came in between
}

// RuleSnoozed says that a rule is suspended, or no longer.
type RuleSnoozed struct {
	Snooze   Snooze
	Proposal ProposalID // that was agreed to; 0 for none
}

func (*SetRules) Kind() Kind    { return KindSetRules }
func (*AnswerRules) Kind() Kind { return KindAnswerRules }
func (*SnoozeRule) Kind() Kind  { return KindSnoozeRule }

func (*RuleFired) EventKind() EventKind     { return KindRuleFired }
func (*RulesProposed) EventKind() EventKind { return KindRulesProposed }
func (*RulesSet) EventKind() EventKind      { return KindRulesSet }
func (*RulesRejected) EventKind() EventKind { return KindRulesRejected }
func (*RuleSnoozed) EventKind() EventKind   { return KindRuleSnoozed }

// Fields is the persisted layout.
func (r *Rule) Fields(c *Codec) {
	c.Text(&r.Name)
	c.Text(&r.Catches)
	c.Text(&r.Condition)
	enum(c, &r.When, WhenTransfer)
	enum(c, &r.Severity, Critical)
	enum(c, &r.Response, RespondDeny)
	c.measures(&r.Measures)
	c.Bool(&r.Shadow)
	c.ops(&r.Program)
}

// Rules is the persisted layout of a list of rules.
func (c *Codec) Rules(p *[]Rule) {
	n := c.Count(len(*p), MaxRules)
	if c.reading {
		*p = nil
		if n > 0 {
			*p = make([]Rule, n)
		}
	}
	for i := range (*p)[:min(n, len(*p))] {
		(*p)[i].Fields(c)
	}
}

// Fields is the persisted layout.
func (s *Snooze) Fields(c *Codec) {
	Num32(c, &s.Rule)
	Num32(c, &s.Account)
	Num32(c, &s.Credential)
	Num64(c, &s.Until)
}

func (i *SetRules) fields(c *Codec) {
	c.Text(&i.Reason)
	c.Rules(&i.Rules)
}

func (i *AnswerRules) fields(c *Codec) {
	Num32(c, &i.Proposal)
	c.Bool(&i.Yes)
}

func (i *SnoozeRule) fields(c *Codec) {
	Num32(c, &i.Rule)
	Num32(c, &i.Account)
	Num64(c, &i.For)
	c.Text(&i.Reason)
}

func (e *RuleFired) fields(c *Codec) {
	Num32(c, &e.Rule)
	Num32(c, &e.Pack)
	enum(c, &e.Mode, Snoozed)
	c.Bool(&e.Tell)
	n := c.Count(len(e.Values), MaxFiredValues)
	if c.reading {
		e.Values = nil
		if n > 0 {
			e.Values = make([]FeatureValue, n)
		}
	}
	for i := range e.Values[:min(n, len(e.Values))] {
		x := &e.Values[i]
		if Num16(c, &x.Feature); !x.Feature.known() {
			c.Fail("unknown feature %d", uint16(x.Feature))
		}
		Num64(c, &x.Value)
	}
}

// Fields is the persisted layout.
func (e *RulesProposed) Fields(c *Codec) {
	Num32(c, &e.ID)
	Num32(c, &e.Operator)
	Num64(c, &e.Due)
	c.Text(&e.Reason)
	e.Snooze.Fields(c)
	c.Rules(&e.Rules)
}

func (e *RulesProposed) fields(c *Codec) { e.Fields(c) }

func (e *RulesSet) fields(c *Codec) {
	Num32(c, &e.Pack)
	Num32(c, &e.Proposal)
	c.Text(&e.Reason)
	c.Rules(&e.Rules)
}

func (e *RulesRejected) fields(c *Codec) {
	Num32(c, &e.Proposal)
	enum(c, &e.End, ByDisowning)
}

func (e *RuleSnoozed) fields(c *Codec) {
	e.Snooze.Fields(c)
	Num32(c, &e.Proposal)
}
