package backtest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"
)

func TestLabels(t *testing.T) {
	l, err := ReadLabels("labels", strings.NewReader(LabelsExample))
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) instruction.Time {
		x, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return instruction.TimeOf(x)
	}
	begun, ended := at("2018-01-06T09:36:57Z"), at("2018-01-07T00:00:00Z")
	for _, c := range []struct {
		key     instruction.Credential
		account instruction.Account
		at      instruction.Time
		want    bool
	}{
		{514, 2, begun, true}, {514, 2, begun - 1, false}, {514, 2, ended - 1, true}, {514, 2, ended, false},
		{515, 2, ended, true}, {515, 2, begun - 1, false},
		{1, 13, 1, true}, {1, 13, 1 << 60, true}, {1, 2, begun, false}, {13, 514, begun, false},
	} {
		if got := l.Thief(c.key, c.account, c.at); got != c.want {
			t.Errorf("key %d of account %d at %d: %t", c.key, c.account, c.at, got)
		}
	}
	if l.Len() != 3 {
		t.Errorf("%d labels", l.Len())
	}
	if new(Labels).Thief(514, 13, begun) {
		t.Error("no labels name somebody")
	}
}

func TestLabelsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "has no label",
		"# what,number,from,to\n\n":       "has no label",
		"\ncredential,1,":                 "x:2: 3 cells",
		"key,1,,":                         `x:1: "key" is neither`,
		"account,0,,":                     `"0" is no number`,
		"account,4294967296,,":            `is no number`,
		"account,1,yesterday,":            `"yesterday" is no time`,
		"account,1,,1969-01-01T00:00:00Z": "before 1970",
		"account,1,2018-01-07T00:00:00Z,2018-01-07T00:00:00Z": "not after",
		"account,1,,\n" + strings.Repeat("x", 2000):           "x:2: a line of more",
		strings.Repeat("account,1,,\n", MaxLabels+1):          "x:100001: more than",
	} {
		_, err := ReadLabels("x", strings.NewReader(text))
		if !errors.Is(err, ErrLabels) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}
