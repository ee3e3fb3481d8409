package reference

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"portcullis/core/instruction"
)

// FeaturesPath is where it is told which features detection rules read.
const FeaturesPath = "/docs/features"

// subjects are the parts that names of features begin with, with what they are of.
var subjects = []struct{ prefix, of string }{
	{"request", "the request under judgement"},
	{"key", "the key that gave it"},
	{"account", "the account that the key belongs to"},
	{"market", "the market that an order names; all 0 for what is no order"},
	{"network", "the network (/24, or /48 of IPv6) that the request came from"},
	{"pair", "the account and the customer whom an order would trade with; all 0 where it would trade with nobody at once"},
	{"integrator", "the third party that the key was made for; all 0 where there is none"},
}

const featuresHead = `# Features

What detection rules read of a request: whole numbers, each with its unit, that the venue keeps of what keys, accounts, markets,
networks, counterparties and integrators did lately. Made from ` + "`core/instruction`" + `; ` + "`go test ./venue -run TestFeaturesText -update`" + ` writes it anew.

A count over a window is decayed: what happened counts for e^(-age/window), so that a steady rate reads as what it makes in one window,
and nothing falls out at a stroke. Equity is what the account has, free and held, at fair prices, and what it lost, withdrew and handed
to others of its customer's accounts in the last 24 hours besides: so somebody who withdrew nearly all does not look robbed by his last
trade. While no valuation asset is set, what is measured against equity is 0.

A fair price lags: in a liquid market it is the mid price's average over the last minute, or the outside reference where a fresh one is
known; in any other the range of the medians over 1 hour and over 6 hours, and before those are known that average too. What is traded
within it loses nothing. Moving money means to
place, replace or amend orders, to withdraw or to transfer; who only reads or cancels does not make himself known, so that a thief cannot
make a network look familiar by looking around.
`

// FeaturesText is the list of features as Markdown.
func FeaturesText() []byte {
	var b bytes.Buffer
	b.WriteString(featuresHead)
	for _, g := range subjects {
		fmt.Fprintf(&b, "\n## %s\n\nOf %s.\n\n| feature | what it is | unit | window | for example |\n| --- | --- | --- | --- | --- |\n", g.prefix, g.of)
		for _, f := range instruction.Features() {
			if x := f.Facts(); strings.HasPrefix(x.Name, g.prefix+".") {
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | `%s` |\n", x.Name, x.Sentence, x.Unit, x.Window, x.Example)
			}
		}
	}
	return b.Bytes()
}

// Features is the page of docs/FEATURES.md.
func Features() []byte { return featuresPage() }

var featuresPage = sync.OnceValue(func() []byte { return written("features", string(FeaturesText())) })
