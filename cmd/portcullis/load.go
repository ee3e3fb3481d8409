package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"portcullis/bench/load"
)

// loadCmd is a load generator. Its flags' bounds are the package's.
type loadCmd struct {
	URL      string        `name:"url" placeholder:"URL" help:"A venue that runs, such as http://127.0.0.1:8420. Without one: a venue of its own in a temporary directory, which ends with the run."`
	Remote   bool          `help:"The venue may be beyond this machine. Only for a venue of your own that may be flooded."`
	Keys     string        `placeholder:"FILE" help:"With --url: keys of customers, a JSON list of objects with api_key and secret (an HMAC secret, or an Ed25519 private key in PEM); or the demo's demo-credentials.json."`
	Rate     float64       `default:"500" help:"Requests a second, on a schedule that does not wait for answers; ${default} where nothing is said."`
	Clients  int           `default:"32" help:"Clients, each with one request under way at a time; ${default} where nothing is said."`
	Count    int           `default:"1000000" help:"Requests at most; ${default} where nothing is said."`
	Duration time.Duration `default:"10s" help:"How long at most; ${default} where nothing is said."`
	Mix      string        `default:"place=6,cancel=3,query=1" help:"Parts of orders, cancels and questions; ${default} where nothing is said."`
	Streams  int           `placeholder:"N" help:"Connections that listen to the market as well."`
	Slow     int           `placeholder:"N" help:"Connections that listen to the market and read nothing."`
	Symbol   string        `default:"BTCUSDT" help:"Of the orders; ${default} where nothing is said."`
	Price    string        `default:"60000" help:"Of the orders; ${default} where nothing is said."`
	Quantity string        `default:"0.001" help:"Of the orders; ${default} where nothing is said."`
	Limits   bool          `help:"The venue of its own keeps its limits on weight and orders; without this it has none."`
}

func (c *loadCmd) Run(ctx context.Context, o *output) error {
	opts := load.Options{
		URL: c.URL, Remote: c.Remote, Rate: c.Rate, Clients: c.Clients, Count: c.Count, Duration: c.Duration,
		Streams: c.Streams, Slow: c.Slow, Symbol: c.Symbol, Price: c.Price, Quantity: c.Quantity, Limits: c.Limits,
		Progress: func(p load.Progress) { o.say("%v", p) },
	}
	var err error
	if opts.Mix, err = readMix(c.Mix); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.Keys != "" {
		if opts.Keys, err = load.ReadKeys(c.Keys); err != nil {
			return err
		}
	}
	r, err := load.Run(ctx, opts)
	if errors.Is(err, load.ErrOptions) {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		for _, line := range r.Text() {
			fmt.Fprintln(w, line)
		}
	})
	if r.InVain() {
		return errors.New("no request was carried out: see the errors")
	}
	if r.Orders != nil && r.Orders.Lost > 0 {
		return fmt.Errorf("%d acknowledged orders are not on record", r.Orders.Lost)
	}
	return nil
}

// readMix reads "place=6,cancel=3,query=1"; what is not named has no part.
func readMix(text string) (load.Mix, error) {
	var m load.Mix
	parts := map[string]*int{"place": &m.Place, "cancel": &m.Cancel, "query": &m.Query}
	for _, word := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(word, "=")
		n, err := strconv.Atoi(value)
		if parts[name] == nil || err != nil || n < 0 || n > 1000 {
			return m, fmt.Errorf("mix: %q is no part: write place=6,cancel=3,query=1, each 0 to 1000", word)
		}
		*parts[name] = n
	}
	return m, nil
}
