package notice

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Notice is one thing that somebody should know.
type Notice struct {
	ID         ID             `json:"id"`
	Seq        uint64         `json:"seq"`  // of the record that it is of
	Time       time.Time      `json:"time"` // of that record
	Type       Type           `json:"type"`
	To         Audience       `json:"to"`
	Account    uint32         `json:"account,omitempty"`     // whose it is; 0 for the operator's
	AccountRef string         `json:"account_ref,omitempty"` // the operator's own name for the account
	Customer   uint32         `json:"customer,omitempty"`    // the account's master account, or itself
	Subject    string         `json:"subject"`
	Text       string         `json:"text"`
	Data       map[string]any `json:"data,omitempty"` // numbers as numbers; amounts, times and names as text
}

// Audience is whom a notice is for.
type Audience string

const (
	Customer Audience = "customer"
	Operator Audience = "operator"
)

// ID names a notice for ever: its record, its place among that record's notices, and some of the record's hash. The hash is
// there because a venue that is restored from a backup writes other records under the same numbers, and who has seen an id
// does not look at it again.
type ID struct {
	Seq  uint64
	N    int
	Hash string // 8 hexadecimal digits
}

// noHash stands where there is no record to take a hash of.
const noHash = "00000000"

// String is the id as it is written: 1045-1-9f3c21aa.
func (id ID) String() string { return fmt.Sprintf("%d-%d-%s", id.Seq, id.N, id.Hash) }

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what String writes, and nothing else.
func (id *ID) UnmarshalText(text []byte) error {
	part := strings.SplitN(string(text), "-", 3)
	if len(part) != 3 {
		return fmt.Errorf("notice: %.60q is no id", text)
	}
	seq, err := strconv.ParseUint(part[0], 10, 64)
	n, errN := strconv.ParseUint(part[1], 10, 31)
	_, errHash := strconv.ParseUint(part[2], 16, 32)
	x := ID{seq, int(n), part[2]} // #nosec G115 -- of 31 bits
	if err != nil || errN != nil || errHash != nil || x.String() != string(text) || len(x.Hash) != 8 {
		return fmt.Errorf("notice: %.60q is no id", text)
	}
	*id = x
	return nil
}

// After says that the notice comes after another in the outbox.
func (id ID) After(other ID) bool {
	return id.Seq > other.Seq || id.Seq == other.Seq && id.N > other.N
}

// Type is what a notice is about: a stable word, append-only.
type Type string

const (
	KeyCreated          Type = "key.created"
	KeyRevoked          Type = "key.revoked"
	KeyChanged          Type = "key.changed"
	KeyAging            Type = "key.aging"
	KeyQuarantined      Type = "key.quarantined"
	KeyRestored         Type = "key.restored"
	AccountLocked       Type = "account.locked"
	AccountUnlocked     Type = "account.unlocked"
	WithdrawalMade      Type = "withdrawal.made"
	WithdrawalHeld      Type = "withdrawal.held"
	WithdrawalAsked     Type = "withdrawal.challenged"
	WithdrawalClaimed   Type = "withdrawal.claimed"
	WithdrawalCancelled Type = "withdrawal.cancelled"
	WithdrawalSettled   Type = "withdrawal.settled"
	WaitSet             Type = "wait.set"
	AddressAdded        Type = "address.added"
	AddressRemoved      Type = "address.removed"
	MatterOpened        Type = "matter.opened"
	MatterClosed        Type = "matter.closed"
	IncidentOpened      Type = "incident.opened"
	IncidentClosed      Type = "incident.closed"
	AlarmQuarantined    Type = "alarm.quarantined"
	AlarmCanary         Type = "alarm.canary"
	ClockFrozen         Type = "clock.frozen"
	DropMade            Type = "drop.made"
	DropRaised          Type = "drop.raised"
	CohortShut          Type = "cohort.shut"
	CohortsSet          Type = "cohorts.set"
	KeysShut            Type = "keys.shut"
	KeysAsked           Type = "keys.confirm"
	Missed              Type = "notices.missed"
	BudgetSet           Type = "budget.set"
	BudgetConfirmed     Type = "budget.confirmed"
	BudgetSpent         Type = "budget.spent"
	BudgetSwept         Type = "budget.swept"
	MarketNamed         Type = "market.named"
	MarketHalted        Type = "market.halted"
	CodesIssued         Type = "codes.issued"
	CodeClaimed         Type = "code.claimed"
	CodeReturned        Type = "code.returned"
	ProceedsHeld        Type = "proceeds.held"
	ProceedsKept        Type = "proceeds.kept"
	ProceedsReleased    Type = "proceeds.released"
	ProceedsAppealed    Type = "proceeds.appealed"
	ProceedsClaimed     Type = "proceeds.claimed"
	RuleFired           Type = "rule.fired"
	RulesProposed       Type = "rules.proposed"
	RulesSet            Type = "rules.set"
	RuleSnoozed         Type = "rule.snoozed"
	WithdrawalSent      Type = "withdrawal.sent"
	WithdrawalOwed      Type = "withdrawal.owed"
	DepositCredited     Type = "deposit.credited"
	DepositUndone       Type = "deposit.undone"
	DepositOwed         Type = "deposit.owed"
	SpendDied           Type = "spend.died"
	ShortageProven      Type = "shortage.proven"
)

// Kind documents a type.
type Kind struct {
	Type Type
	To   Audience
	When string // it comes
	Data string // names of what is in its data, with commas between them
}

// Kinds are all types, customers' first.
var Kinds = []Kind{
	{KeyCreated, Customer, "An API key or an owner's key was made for the account. Keys brought from elsewhere, and decoys, are told to nobody.", "key, name, scheme, rights, by"},
	{KeyRevoked, Customer, "A key was deleted for ever.", "key, name, by"},
	{KeyChanged, Customer, "A key may do something else from now on, at once: it was narrowed. What widens it waits first (matter.opened) and is told when the wait is over (matter.closed).", "key, name, rights, by"},
	{KeyAging, Customer, "In 30, 7 or 1 days a key may only read and cancel, unless it is renewed; with 0 days: from now on.", "key, name, days"},
	{KeyQuarantined, Customer, "A key may only read and cancel until it is restored.", "key, name, cause, by"},
	{KeyRestored, Customer, "A key's quarantine is over.", "key, name, by"},
	{AccountLocked, Customer, "All keys of the account, and of its sub-accounts, may only read and cancel.", "reason, by"},
	{AccountUnlocked, Customer, "The lock of an account is over.", "by"},
	{WithdrawalMade, Customer, "A withdrawal to an address of the address book was taken up and goes out.", "payout, asset, amount, chain, address, tag, key"},
	{WithdrawalHeld, Customer, "A withdrawal waits, and goes out when the wait is over unless its owner says no.", "matter, due, payout, asset, amount, chain, address, tag, key"},
	{WithdrawalAsked, Customer, "A withdrawal waits for its owner's yes, and is cancelled when the wait is over without one.", "matter, due, payout, asset, amount, chain, address, tag, key"},
	{WithdrawalClaimed, Customer, "A withdrawal that had waited goes out.", "payout, matter, end"},
	{WithdrawalCancelled, Customer, "A withdrawal was cancelled, and its amount is free again.", "payout, matter, end"},
	{WithdrawalSettled, Customer, "A withdrawal has arrived for good.", "payout"},
	{WithdrawalSent, Customer, "A transaction that pays a withdrawal is on its way. It comes again where another one was sent in its stead.", "payout, asset, tx"},
	{WithdrawalOwed, Customer, "What was to pay a withdrawal cannot be mined any more: it goes out again.", "payout"},
	{DepositCredited, Customer, "A deposit is deep enough and credited, less what was owed since an earlier one was undone.", "asset, amount, owed, tx, output"},
	{DepositUndone, Customer, "The chain undid a deposit that had been credited: what was there of it was taken back, and the rest is owed.", "asset, taken, owed, tx, output"},
	{CodesIssued, Customer, "Gift codes were issued from the account's balance.", "first, count, asset, amount, expires, key"},
	{CodeClaimed, Customer, "A gift code that the account had issued was claimed. By whom is not told.", "code"},
	{CodeReturned, Customer, "A gift code went back to the account that had issued it: RETURNED by its owner, EXPIRED by time, or UNPAID, since its payout was cancelled.", "code, end"},
	{WaitSet, Customer, "What the customer adds waits longer from now on.", "wait_seconds"},
	{AddressAdded, Customer, "Withdrawals may go to an address from now on, without a wait before (otherwise: matter.closed).", "asset, chain, address, tag"},
	{AddressRemoved, Customer, "Withdrawals may no longer go to an address.", "asset, chain, address, tag"},
	{MatterOpened, Customer, "Something that was added waits: a wider mandate, an address, a shorter wait, a higher budget. It says until when, and how to stop it.", "matter, kind, due; of a wider mandate: key, rights; of an address: asset, chain, address, tag; of a shorter wait: wait_seconds; of a higher budget: key, loss, fees"},
	{MatterClosed, Customer, "Such a wait is over: by TIME, and what waited holds now; by NO, by SUCCESSOR, GONE with what it concerned, or DISOWNED with the key that had asked for it, and nothing came of it.", "matter, kind, end"},
	{BudgetSet, Customer, "What a key or an account may lose, or pay in fees, is another from now on. What is higher than the owner may raise at once waits first (matter.opened).", "key, loss, fees, by"},
	{BudgetConfirmed, Customer, "It was confirmed that what was lost so far was meant.", "key, by"},
	{BudgetSpent, Customer, "A budget stopped an order, for the first time in two hours.", "key, limit, market, order"},
	{BudgetSwept, Customer, "Open orders were cancelled that a budget bears no more.", "orders"},
	{MarketNamed, Customer, "What is received in a thin market counts for something from now on, up to a cap, or no longer.", "market, named, by"},
	{KeysShut, Customer, "Keys of the account may have leaked together with others: they may only read and cancel until the venue opens them again, and their open orders are cancelled.", "keys, count, drop, reason"},
	{KeysAsked, Customer, "Keys of the account may have leaked together with others: they may only read and cancel until their owner confirms each.", "keys, count, drop, reason"},
	{ProceedsHeld, Customer, "Something that was gained from an API key that is taken for stolen is held, or more of it is. It says what, until when, and how to appeal.", "hold, market, asset, gain, missing, held, until, incident"},
	{ProceedsKept, Customer, "What is held is kept until the incident is closed.", "hold, incident"},
	{ProceedsReleased, Customer, "What was held is free again.", "hold, end"},
	{IncidentOpened, Operator, "What was seen is taken for a theft.", "incident, cause, network"},
	{IncidentClosed, Operator, "The operator closed an incident.", "incident, reason"},
	{AlarmQuarantined, Operator, "A key was quarantined because of where it was used, or by a detection rule.", "key, account, incident"},
	{AlarmCanary, Operator, "A decoy was used: whoever used it has a copy of what it was put into.", "key, network"},
	{ClockFrozen, Operator, "The clock jumped ahead or the venue stood still: waits and refills stand still until the operator confirms it.", "from, to"},
	{MarketHalted, Operator, "A market's price and volume broke out together: it is halted, and opens by itself when it has cooled down.", "market, low, high, volume, usual, until"},
	{ProceedsClaimed, Operator, "What others gained from an API key that is taken for stolen is held.", "key, account, incident, holds"},
	{ProceedsAppealed, Operator, "Somebody appealed against a hold. The text is his.", "hold, account, text"},
	{RuleFired, Operator, "A detection rule of severity HIGH or CRITICAL fired and is enforced, for the first time in ten minutes. How often it fires: portcullis rules list.", "rule, severity, key, verdict"},
	{RulesProposed, Operator, "A change of the detection rules that loosens waits for the word of another operator.", "proposal, by, due, reason"},
	{RulesSet, Operator, "Other detection rules are in force.", "pack, rules, by, reason"},
	{RuleSnoozed, Operator, "A detection rule is suspended, or no longer.", "rule, account, until, by"},
	{DepositOwed, Operator, "The chain undid a deposit, and its customer owes of it.", "account, asset, taken, owed, tx, output"},
	{SpendDied, Operator, "URGENT. A transaction that the venue did not plan took one of its coins, so that somebody else may have its keys; or a coin is gone for good with its block.", "asset, spend, by"},
	{ShortageProven, Operator, "URGENT. A chain has less for the venue than it owes: withdrawals and claims of the asset are shut.", "asset, height, confirmed, in_flight, owed, missing"},
	{DropMade, Operator, "A class of instructions was shut.", "drop, class, reason, scope"},
	{DropRaised, Operator, "What was shut is open again, for a share of the customers.", "drop, share"},
	{CohortShut, Operator, "Keys with a common source were shut, by an operator or by the venue itself, and the rest of that source's keys until their owners confirm them.", "incident, inside, rest, margin, victims, by_venue"},
	{CohortsSet, Operator, "From another margin on than before the venue shuts such keys by itself, or never.", "margin"},
	{Missed, Operator, "The journal's start was gone before its notices were taken: what happened there is told to nobody.", "from, to"},
}
