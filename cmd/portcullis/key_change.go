package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"portcullis/internal/mandate"
	"portcullis/operator"
)

type keyChangeCmd struct {
	Key      string   `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	Rights   []string `placeholder:"RIGHT" help:"read, trade, withdraw, transfer. What is not said stays as it is, here and below."`
	Symbols  []string `placeholder:"SYMBOL" help:"Markets it may trade in; all opens every one."`
	Networks []string `placeholder:"CIDR" help:"Networks it may be used from; any opens every one."`
	Expires  string   `placeholder:"WHEN" help:"When it ends, or never."`
	Cap      []string `placeholder:"CAP" help:"What it may trade, such as USDT=1000/5000 for an order and a day; none takes the caps away."`
	CapOut   []string `name:"cap-withdrawals" placeholder:"CAP" help:"What it may withdraw, such as BTC=0.5/2; none takes the caps away."`
	CapCodes []string `name:"cap-codes" placeholder:"CAP" help:"Gift codes that it may issue by itself, such as BTC=0.1/0.5 for a batch and a day; none takes that away."`
	venueFlags
}

func (c *keyChangeCmd) Help() string {
	return "What the change takes away is gone at once. What it adds waits as long as the customer's additions do, 24 hours where nobody " +
		"set another wait; until then its owner, or portcullis key change with what it may do now, can stop it."
}

// said is a list as the command line has it: nil where nothing is said, empty where everything is.
func said(list []string, all string) *[]string {
	switch {
	case len(list) == 0:
		return nil
	case len(list) == 1 && strings.EqualFold(list[0], all):
		return &[]string{}
	}
	return &list
}

func (c *keyChangeCmd) Run(ctx context.Context, o *output) error {
	in := operator.ChangeKey{Mandate: mandate.Mandate{Rights: said(c.Rights, ""), Symbols: said(c.Symbols, "all"), Networks: said(c.Networks, "any")}}
	in.Key, in.Name = keyNamed(c.Key)
	if c.Expires != "" {
		if strings.EqualFold(c.Expires, "never") {
			c.Expires = ""
		}
		in.Expires = &c.Expires
	}
	var err error
	if in.Trades, err = saidCaps(c.Cap); err == nil {
		in.Withdrawals, err = saidCaps(c.CapOut)
	}
	if err == nil {
		in.Codes, err = saidCaps(c.CapCodes)
	}
	if err != nil {
		return err
	}
	r, err := call(ctx, c.venueFlags, operator.KeyChange, in)
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		switch {
		case r.Matter == 0 && r.Now:
			fmt.Fprintf(w, "the key may do that, and no more (record %d)\n", r.Seq)
		case r.Matter == 0:
			fmt.Fprintf(w, "what waited for the key is over; it may do what it could (record %d)\n", r.Seq)
		default:
			fmt.Fprintf(w, "what is taken away is gone; what is added waits until %s as number %d, and is stopped by %s (record %d)\n", r.Due, r.Matter, c.command("no %d", r.Matter), r.Seq)
		}
	})
	return nil
}

type keyRenewCmd struct {
	Key string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	venueFlags
}

func (c *keyRenewCmd) Run(ctx context.Context, o *output) error {
	n, name := keyNamed(c.Key)
	r, err := call(ctx, c.venueFlags, operator.KeyRenew, operator.RenewKey{Key: n, Name: name})
	if err == nil {
		o.done(r, r.Outcome, "the key keeps its rights until %s", day(r.Ages))
	}
	return err
}

// saidCaps are caps as the command line has them: nil where none are said, and the word none takes all away.
func saidCaps(given []string) (*[]mandate.Cap, error) {
	texts := said(given, "none")
	if texts == nil {
		return nil, nil
	}
	list, err := caps(*texts)
	return &list, err
}

// caps reads caps: ASSET=ORDER/DAY, of which either bound may be left out.
func caps(list []string) ([]mandate.Cap, error) {
	out := []mandate.Cap{}
	for _, text := range list {
		asset, bounds, ok := strings.Cut(text, "=")
		order, day, _ := strings.Cut(bounds, "/")
		if !ok || asset == "" || order == "" && day == "" || strings.Contains(day, "/") {
			return nil, fmt.Errorf("%q is no cap: write USDT=1000/5000 for 1,000 an order and 5,000 a day, USDT=1000 for orders alone, or USDT=/5000 for days alone", text)
		}
		out = append(out, mandate.Cap{Asset: asset, PerOrder: order, PerDay: day})
	}
	return out, nil
}

// capTexts are caps as caps reads them, behind a word.
func capTexts(word string, list []mandate.Cap) (out []string) {
	for _, c := range list {
		text := word + c.Asset + "=" + whole(c.PerOrder)
		if c.PerDay != "" {
			text += "/" + whole(c.PerDay)
		}
		out = append(out, text)
	}
	return out
}

// whole is a decimal without the zeros at its end.
func whole(n string) string {
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// notes are what else is to be known of a key.
func notes(k *operator.Key) (out []string) {
	for text, is := range map[string]bool{"owner": k.Owner, "legacy": k.Legacy, "widening waits": k.Waiting != 0} {
		if is {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

// day is the day of a moment.
func day(at string) string {
	date, _, _ := strings.Cut(at, "T")
	return date
}

// held is the cause of a quarantine, with what it leaves open.
func held(cause string) string {
	if cause == "ALARM" {
		return "alarm, but at home it goes on"
	}
	return strings.ToLower(cause)
}
