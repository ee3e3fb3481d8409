package main

import (
	"fmt"
	"io"
	"strings"

	"portcullis/internal/daemon"
)

// example is a client in three lines. The first word of each host decides nothing: all go to this venue.
const example = `  node -e '
    const ccxt = require("ccxt"), ex = new ccxt.binance({ apiKey: "%s", secret: "%s" });
    ex.urls.api = JSON.parse(JSON.stringify(ex.urls.api).replace(/(https|wss):\/\/[^\/"]+/g, (_, s) => (s === "wss" ? "%s" : "%s")));
    ex.createOrder("BTC/USDT", "limit", "buy", 0.001, 50000).then((o) => console.log(o.id, o.status, o.price));
  '
`

// greet shows the demo's customer, and what to do first.
func greet(w io.Writer, demo *daemon.Demo, base string) {
	fmt.Fprintf(w, "\nA demo market is running, with a customer of its own: account %d. Its keys work from this machine only, and its money\n"+
		"is made up. They are kept in %s.\n\n", demo.Account, demo.File)
	hmac, ed := &demo.HMAC, &demo.Ed25519
	if hmac.Live {
		fmt.Fprintf(w, "  HMAC\tAPI key\t%s\n  \tsecret\t%s\n", hmac.APIKey, hmac.Secret.Reveal())
	}
	if ed.Live {
		fmt.Fprintf(w, "  Ed25519\tAPI key\t%s\n  \tprivate key\tin %s\n", ed.APIKey, demo.File)
	}
	if !hmac.Live {
		fmt.Fprint(w, "\nThe demo's HMAC key was revoked. Make another: portcullis key create --help\n\n")
		return
	}
	stream := "ws" + strings.TrimPrefix(base, "http")
	fmt.Fprint(w, "\nTo place an order with a client that knows nothing of this venue:\n\n  npm install ccxt\n")
	fmt.Fprintf(w, example, hmac.APIKey, hmac.Secret.Reveal(), stream, base)
	fmt.Fprint(w, "\nIt has a coin that moves on a chain, DEMO: portcullis chain show DEMO. docs/WALLET.md says how to try it.\n\n")
}
