package owner

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestWaiting: what waits is shown with when it is over and how to stop it, is stopped by a no, and by nobody else's.
func TestWaiting(t *testing.T) {
	h := newHouse(t)
	into[Done](t, h.post(h.alice, "wait", `{"wait":"7d"}`))
	done := into[Done](t, h.post(h.alice, "wait", `{"wait":"30h"}`))
	if len(done.Done) != 0 || len(done.Waiting) != 1 {
		t.Fatalf("%+v", done)
	}
	list := into[Waiting](t, h.get(h.alice, "waiting"))
	if len(list.Waiting) != 1 || list.Wait != "168h" || list.Frozen != "" {
		t.Fatalf("%+v", list)
	}
	m := list.Waiting[0]
	if m.Kind != "SHORTER_WAIT" || m.Account != 2 || m.Due != "2026-03-08T00:00:00.002000Z" || m.Unanswered != "HOLDS" || !slices.Equal(m.Answers, []string{"no"}) ||
		m.What != "What you add is to wait for 30h only." || !strings.Contains(m.How, fmt.Sprintf("portcullis owner no %d", m.Matter)) {
		t.Errorf("%+v", m)
	}
	no, yes := fmt.Sprintf(`{"matter":%d,"yes":false}`, m.Matter), fmt.Sprintf(`{"matter":%d,"yes":true}`, m.Matter)
	if a := h.post(h.bob, "answer", no); a.status != 404 || a.code() != "unknown-matter" {
		t.Errorf("another owner: %s", a.body)
	}
	if a := h.post(h.alice, "answer", yes); a.status != 422 || a.code() != "no-answer-needed" {
		t.Errorf("a yes: %s", a.body)
	}
	if list := into[Waiting](t, h.get(h.bob, "waiting")); len(list.Waiting) != 0 {
		t.Errorf("another owner sees %+v", list)
	}
	said := into[Done](t, h.post(h.alice, "answer", no))
	if want := fmt.Sprintf("Matter %d is over: you said no, and nothing comes of it.", m.Matter); !slices.Equal(said.Done, []string{want}) {
		t.Errorf("%+v", said)
	}
	if list := into[Waiting](t, h.get(h.alice, "waiting")); len(list.Waiting) != 0 || list.Wait != "168h" {
		t.Errorf("after the no: %+v", list)
	}
}

// TestFrozen: after a jump of the clock what waits is due later by what the waits stood still, and the answer says so.
func TestFrozen(t *testing.T) {
	h := newHouse(t)
	into[Done](t, h.post(h.alice, "wait", `{"wait":"48h"}`))
	into[Done](t, h.post(h.alice, "wait", `{"wait":"24h"}`))
	before := into[Waiting](t, h.get(h.alice, "waiting")).Waiting[0].Due
	h.clock.Add(10 * instruction.Second)
	h.give(&instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	list := into[Waiting](t, h.get(h.alice, "waiting"))
	if list.Frozen == "" || list.Waiting[0].Due <= before {
		t.Errorf("due %s, then %s; frozen %q", before, list.Waiting[0].Due, list.Frozen)
	}
}

// TestReach: an owner's word reaches the customer's own accounts and keys, the sub-accounts' too, and no others.
func TestReach(t *testing.T) {
	h := newHouse(t)
	key, account := fmt.Sprintf(`{"key":%d}`, h.bot.number), `{"account":4}`
	for _, what := range []string{"keys/renew", "keys/quarantine", "keys/restore", "keys/revoke"} {
		if a := h.post(h.bob, what, key); a.status != 404 || a.code() != "key-not-yours" {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
		if a := h.post(h.alice, what, `{"key":999}`); a.code() != "key-not-yours" {
			t.Errorf("%s of no key: %s", what, a.body)
		}
		if a := h.post(h.alice, what, `{}`); a.code() != "malformed-request" {
			t.Errorf("%s of nothing: %s", what, a.body)
		}
	}
	if a := h.post(h.bob, "keys/change", fmt.Sprintf(`{"key":%d,"mandate":{}}`, h.bot.number)); a.code() != "key-not-yours" {
		t.Errorf("change: %s", a.body)
	}
	for _, what := range []string{"accounts/lock", "accounts/unlock"} {
		if a := h.post(h.bob, what, account); a.status != 403 || a.code() != "account-not-yours" {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	for _, what := range []string{"addresses/add", "addresses/remove"} {
		body := `{"account":4,"asset":"BTC","chain":"BTC","address":"bc1qexample"}`
		if a := h.post(h.bob, what, body); a.code() != "account-not-yours" {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
		if a := h.post(h.alice, what, `{"asset":"XYZ","chain":"BTC","address":"bc1qexample"}`); a.code() != "malformed-request" {
			t.Errorf("%s of no asset: %d %s", what, a.status, a.body)
		}
	}
	into[Done](t, h.post(h.alice, "keys/revoke", key))
	list := into[Keys](t, h.get(h.alice, "keys"))
	if len(list.Keys) != 2 || list.Keys[1].Revoked == "" || list.Keys[1].Account != 4 || !list.Keys[0].Owner || list.Keys[0].Ages != "" {
		t.Errorf("%+v", list)
	}
	if list := into[Accounts](t, h.get(h.alice, "accounts")); len(list.Accounts) != 2 || !list.Accounts[0].Master || list.Customer != 2 || list.Accounts[1].Master {
		t.Errorf("%+v", list)
	}
}

// TestMandate: what a mandate may look like, and that what is not said stays.
func TestMandate(t *testing.T) {
	h := newHouse(t)
	for body, want := range map[string]string{
		`{"rights":["FLY"]}`:                                                                "is no right",
		`{"symbols":["BTCETH"]}`:                                                            "no market",
		`{"symbols":["BTCUSDT","BTCUSDT"]}`:                                                 "listed twice",
		`{"networks":["0.0.0.0/0"]}`:                                                        "no limit",
		`{"networks":["203.0.113.7/24"]}`:                                                   "bits set",
		`{"expires":"soon"}`:                                                                "is no end",
		`{"trades":[{"asset":"XYZ","per_order":"1","per_day":""}]}`:                         "no asset",
		`{"trades":[{"asset":"USDT","per_order":"0.0000001","per_day":""}]}`:                "at most 6 decimals",
		`{"trades":[{"asset":"USDT","per_order":"-1","per_day":""}]}`:                       "no amount",
		`{"trades":[{"asset":"USDT","per_order":"","per_day":""}]}`:                         "name one of them",
		`{"trades":[{"asset":"USDT","per_order":"2","per_day":"1"}]}`:                       "at least as much as an order",
		`{"networks":["203.0.113.0/24","203.0.113.7"]}`:                                     "lies in",
		`{"withdrawals":[{"asset":"BTC","per_order":"1"},{"asset":"BTC","per_order":"2"}]}`: "two caps",
		`{"networks":null,"network":[]}`:                                                    "there are: ",
	} {
		a := h.post(h.alice, "keys/change", fmt.Sprintf(`{"key":%d,"mandate":%s}`, h.bot.number, body))
		if a.status != 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
}
