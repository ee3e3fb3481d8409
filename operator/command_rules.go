package operator

// The commands about detection rules.
var (
	RulesLoad    = Command[LoadRules, RulesOutcome]{"/rules/load"}
	RulesRevert  = Command[RevertRules, RulesOutcome]{"/rules/revert"}
	RulesList    = Command[Nothing, Rules]{"/rules/list"}
	RulesShow    = Command[ShowRule, RuleShown]{"/rules/show"}
	RulesWaiting = Command[Nothing, Proposals]{"/rules/waiting"}
	RulesAnswer  = Command[AnswerRules, RulesOutcome]{"/rules/answer"}
	RulesSnooze  = Command[SnoozeRule, RulesOutcome]{"/rules/snooze"}
)

// LoadRules puts a pack in place of the one in force, all of it. The venue reads the files itself: what judges is what they say.
type LoadRules struct {
	Files  []RuleFile `json:"files"` // none: no rules
	Reason string     `json:"reason"`
}

// RuleFile is a file of rules, as rules check takes it. All of a pack together fit into one command.
type RuleFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// RevertRules puts the pack before the one in force back. It is judged as any other change.
type RevertRules struct {
	Reason string `json:"reason"`
}

// RulesOutcome says what became of a change: it is in force, or waits for another operator.
type RulesOutcome struct {
	Outcome
	Pack     uint32       `json:"pack,omitempty"`     // that is in force with this
	Proposal uint32       `json:"proposal,omitempty"` // that waits
	Due      string       `json:"due,omitempty"`      // until when, if waits do not stand still until then
	Until    string       `json:"until,omitempty"`    // of a snooze that is in force
	Changes  []RuleChange `json:"changes,omitempty"`  // of a pack, against the one that was in force
}

// RuleChange is one thing in which packs differ.
type RuleChange struct {
	Rule    string `json:"rule"`
	What    string `json:"what"`
	Loosens bool   `json:"loosens"`
}

// RuleLine is a rule in force, with what was counted since its condition is.
type RuleLine struct {
	Number   uint32   `json:"number"`
	Rule     string   `json:"rule"`
	When     string   `json:"when"`
	Severity string   `json:"severity"`
	Verdict  string   `json:"verdict"`
	Measures string   `json:"measures,omitempty"`
	Shadow   bool     `json:"shadow"`
	Judged   uint64   `json:"judged"`   // instructions that it was asked about
	Enforced uint64   `json:"enforced"` // how often it fired and held
	Shadowed uint64   `json:"shadowed"` // how often it only said so
	Snoozed  uint64   `json:"snoozed"`  // how often it was suspended
	Share    string   `json:"share"`    // of the instructions judged, that it fired on, in percent
	Snoozes  []Snooze `json:"snoozes,omitempty"`
}

// Snooze is for whom a rule is suspended, and until when by the calendar.
type Snooze struct {
	Account uint32 `json:"account,omitempty"` // 0: for everybody
	Until   string `json:"until"`
}

// Rules answers RulesList.
type Rules struct {
	Pack    uint32     `json:"pack"` // its number; 0: there never was one
	Rules   []RuleLine `json:"rules"`
	Waiting int        `json:"waiting"` // proposals
	Vouched int        `json:"vouched"` // keys that rules let be, by their owners' word
}

// ShowRule asks for one rule.
type ShowRule struct {
	Rule string `json:"rule"`
}

// RuleShown answers ShowRule.
type RuleShown struct {
	RuleLine
	Catches   string   `json:"catches"`
	Condition string   `json:"condition"`
	Reads     []string `json:"reads"`
}

// Proposal is something that waits for another operator.
type Proposal struct {
	Proposal uint32       `json:"proposal"`
	By       uint32       `json:"by"` // user id of who proposed it
	Due      string       `json:"due"`
	Reason   string       `json:"reason"`
	Rule     string       `json:"rule,omitempty"`    // of a snooze
	Account  uint32       `json:"account,omitempty"` // likewise; 0: for everybody
	For      string       `json:"for,omitempty"`     // likewise
	Changes  []RuleChange `json:"changes,omitempty"` // of a pack
}

// Proposals answers RulesWaiting.
type Proposals struct {
	Waiting []Proposal `json:"waiting"`
}

// AnswerRules is a yes or no to a proposal. Who proposed it may only say no.
type AnswerRules struct {
	Proposal uint32 `json:"proposal"`
	Yes      bool   `json:"yes"`
}

// SnoozeRule asks to suspend a rule, or ends that.
type SnoozeRule struct {
	Rule    string `json:"rule"`
	Account uint32 `json:"account"` // 0: for everybody
	For     string `json:"for"`     // 1h to 7d; empty ends it
	Reason  string `json:"reason"`
}
