package load

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"portcullis/internal/secret"
)

// Bounds of a run.
const (
	MaxRate     = 200_000 // requests a second
	MaxCount    = 10_000_000
	MaxDuration = time.Hour
	MaxClients  = 10_000
	MaxStreams  = 20_000
)

// ErrOptions marks what is wrong with a run's options. Nothing was sent.
var ErrOptions = errors.New("the load cannot be sent so")

// Options say what is sent, and where.
type Options struct {
	URL    string // of a running venue; empty: one of its own
	Remote bool   // the target may be beyond this machine
	Keys   []Key  // with URL: of customers, who must have what the orders ask for; clients take turns with them

	Rate     float64 // requests a second
	Clients  int     // each sends one request at a time
	Count    int     // requests, at most
	Duration time.Duration
	Mix      Mix
	Streams  int // connections that listen to the market, and read
	Slow     int // connections that listen to the market, and read nothing

	Symbol, Price, Quantity string // of the orders
	Limits                  bool   // the venue of its own keeps the dialect's limits, instead of having none
	Progress                func(Progress)

	half string // of Price: what orders bid that are to rest
}

// Mix is how requests are shared out, in parts of their sum.
type Mix struct{ Place, Cancel, Query int }

// Progress is told once a second.
type Progress struct {
	Elapsed                 time.Duration
	Sent, OK, Errors, Other uint64 // Other: their outcome is unknown so far
}

// Key is one of a customer's keys: what is sent, and what is signed with: the text of an HMAC secret, or an Ed25519 private
// key in PEM.
type Key struct {
	APIKey string
	Secret secret.Bytes
}

// keyForm is a key in a file.
type keyForm struct {
	APIKey string `json:"api_key"`
	Secret string `json:"secret"`
}

// maxKeyFile bounds a file of keys, in bytes.
const maxKeyFile = 16 << 20

// ReadKeys reads a file of keys: a JSON list of objects with api_key and secret, or one object whose values are such, as the
// demo's credentials are.
func ReadKeys(path string) ([]Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("the keys: %w", err)
	}
	if info.Size() > maxKeyFile {
		return nil, fmt.Errorf("the keys %s: more than %d bytes", path, maxKeyFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the keys: %w", err)
	}
	var list []keyForm
	if err := json.Unmarshal(text, &list); err != nil {
		var named map[string]keyForm
		if json.Unmarshal(text, &named) != nil {
			return nil, fmt.Errorf("the keys %s: write a JSON list of objects with api_key and secret", path)
		}
		for _, k := range named {
			list = append(list, k)
		}
	}
	var keys []Key
	for _, k := range list {
		if k.APIKey == "" || k.Secret == "" {
			return nil, fmt.Errorf("the keys %s: each has an api_key and a secret", path)
		}
		keys = append(keys, Key{k.APIKey, secret.New([]byte(k.Secret))})
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("the keys %s: there is none in it", path)
	}
	return keys, nil
}

// private is the Ed25519 key that a secret holds, or nil for one of HMAC.
func (k *Key) private() (ed25519.PrivateKey, error) {
	if !strings.HasPrefix(string(k.Secret.Reveal()), "-----BEGIN") {
		return nil, nil
	}
	block, _ := pem.Decode(k.Secret.Reveal())
	if block == nil {
		return nil, errors.New("load: a secret that begins as PEM and is none")
	}
	x, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("load: a private key that is not in PKCS #8")
	}
	private, ok := x.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("load: keys are Ed25519 or HMAC")
	}
	return private, nil
}

var legalPrice = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,12})?$`)

// check says what is wrong with the options, and what would be right.
func (o *Options) check() error {
	var errs []error
	bound := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bound(o.Rate <= 0 || o.Rate > MaxRate, "the rate is above 0 and at most %d requests a second, not %g", MaxRate, o.Rate)
	bound(o.Count <= 0 || o.Count > MaxCount, "the count is 1 to %d requests, not %d: nothing runs without an end", MaxCount, o.Count)
	bound(o.Duration <= 0 || o.Duration > MaxDuration, "the duration is above 0 and at most %v, not %v: nothing runs without an end", MaxDuration, o.Duration)
	bound(o.Clients <= 0 || o.Clients > MaxClients, "the clients are 1 to %d, not %d", MaxClients, o.Clients)
	bound(o.Streams < 0 || o.Slow < 0 || o.Streams+o.Slow > MaxStreams, "streams and slow streams together are 0 to %d", MaxStreams)
	bound(min(o.Mix.Place, o.Mix.Cancel, o.Mix.Query) < 0 || o.Mix.Place+o.Mix.Cancel+o.Mix.Query <= 0,
		"the mix has parts of 0 or more, at least one of them above 0")
	if price, ok := new(big.Rat).SetString(o.Price); ok && price.Sign() > 0 && legalPrice.MatchString(o.Price) {
		_, places, _ := strings.Cut(o.Price, ".")
		o.half = price.Quo(price, big.NewRat(2, 1)).FloatString(len(places))
	} else {
		bound(true, "the price is a decimal above 0, such as 60000.00, not %q", o.Price)
	}
	if o.URL != "" {
		errs = append(errs, o.target())
		bound(len(o.Keys) == 0, "a venue that runs already needs --keys: a JSON list of objects with api_key and secret")
		bound(o.Limits, "limits are those of the venue that runs: leave --limits out")
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

// target looks at where the load would go.
func (o *Options) target() error {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" && u.Path != "/" {
		return fmt.Errorf("%q is no venue: write http://127.0.0.1:8420", o.URL)
	}
	o.URL = u.Scheme + "://" + u.Host
	if o.Remote || loopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s is not this machine: load is for a venue of your own; if it is, and may be flooded, add --remote", u.Hostname())
}

// loopback says whether a host is this machine, whatever a resolver would say.
func loopback(host string) bool {
	if host == "localhost" {
		list, err := net.LookupIP(host)
		for _, ip := range list {
			if !ip.IsLoopback() {
				return false
			}
		}
		return err == nil && len(list) > 0
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
