package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"reflect"

	"portcullis/internal/daemon"
	"portcullis/internal/network"
	"portcullis/internal/strict"
	"portcullis/venue"
)

// settings are what a venue is run with: flags, and the fields of the configuration file, which is one JSON object. A flag
// beats the file. What is in neither has the default that its help names.
type settings struct {
	Data      *string  `json:"data" placeholder:"DIR" help:"Data directory, made if need be; portcullis-data where none is named."`
	Listen    *string  `json:"listen" placeholder:"ADDR" help:"Address of the API; 127.0.0.1:8420 where none is named. Port 0 takes a free one."`
	TLSCert   *string  `json:"tls_cert" placeholder:"FILE" help:"Certificate in PEM, with its chain; plain HTTP without one."`
	TLSKey    *string  `json:"tls_key" placeholder:"FILE" help:"The certificate's private key in PEM."`
	Proxies   []string `json:"proxies" placeholder:"CIDR" help:"Proxies in front of the venue: of these, and no others, X-Forwarded-For is believed."`
	Hosting   *string  `json:"hosting" placeholder:"FILE" help:"Networks of hosting companies, one a line, # begins a remark: detection rules are told which requests come from there. Read again when it changes, and at SIGHUP."`
	MasterKey *string  `json:"master_key" placeholder:"FILE" help:"File of the master key, made if need be. Without it: $PORTCULLIS_MASTER_KEY, or else master.key in the data directory."`
	Webhook   *string  `json:"webhook" placeholder:"URL" help:"Where notices are posted to, signed in the form of Standard Webhooks: https, or http to 127.0.0.1 or [::1]. See docs/NOTICES.md."`
	HookKey   *string  `name:"webhook-secret" json:"webhook_secret" placeholder:"FILE" help:"File of the secret that they are signed with, whsec_…; portcullis webhook keygen makes one."`
	Reference []string `json:"reference" placeholder:"FILE|URL" help:"Outside reference of prices: a file, or https (http from 127.0.0.1 or [::1]). Several, the first goes first. Lines of CSV, symbol,price,time, or of JSON with these fields; the time as 2026-03-01T00:00:00Z or in milliseconds since 1970. Which markets have one: portcullis market tier SYMBOL liquid --reference."`
	Operators []uint32 `json:"operators" placeholder:"UIDS" help:"Users who may give the operator's commands, beside the venue's own and root: ids with commas between. So there is a second operator to agree to what loosens detection rules. With --socket."`
	Socket    *string  `json:"socket" placeholder:"FILE" help:"Socket at which these reach the venue; its folder must be there, reachable for them and writable for its owner only. Their commands name it: --socket."`
	Weight    *int     `name:"weight-per-minute" json:"weight_per_minute" placeholder:"N" help:"Request weight that one address may use in a minute; 6000 where nothing is said."`
	Orders10s *int     `name:"orders-per-10s" json:"orders_per_10s" placeholder:"N" help:"Orders that one account may place in ten seconds; 100 where nothing is said."`
	OrdersDay *int     `name:"orders-per-day" json:"orders_per_day" placeholder:"N" help:"Orders that one account may place in a day; 200000 where nothing is said."`
	Wallet    *string  `json:"wallet" placeholder:"FILE" help:"How the venue reaches its chains, in JSON: the nodes, and the sockets of portcullis signer. See docs/WALLET.md. Without it nothing moves on a chain."`
	Keep      *string  `name:"keep-journal" json:"keep_journal" placeholder:"MUCH" help:"How much of the journal stays: all, an age such as 90d, or a size such as 200GB; all where nothing is said. What snapshots and history still need always stays."`
	LogLevel  *string  `json:"log_level" placeholder:"LEVEL" help:"debug, info, warn or error; info where nothing is said."`
	LogFormat *string  `json:"log_format" placeholder:"FORMAT" help:"text or json; text where nothing is said."`
	Demo      *bool    `json:"demo" negatable:"" help:"A demo market with a customer, on a data directory that is new or was begun so; on where nothing is said."`
}

// maxConfig bounds the configuration file, in bytes.
const maxConfig = 64 << 10

// readSettings reads a configuration file.
func readSettings(path string) (settings, error) {
	var s settings
	f, err := os.Open(path)
	if err != nil {
		return s, fmt.Errorf("the configuration: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	switch {
	case err != nil:
	case len(text) > maxConfig:
		err = fmt.Errorf("it is longer than %d bytes", maxConfig)
	default:
		err = strict.Decode(text, &s)
	}
	if err != nil {
		err = fmt.Errorf("the configuration %s: %w", path, err)
	}
	return s, err
}

// over gives these settings, and where they say nothing the others.
func (s settings) over(other settings) settings {
	mine, theirs := reflect.ValueOf(&s).Elem(), reflect.ValueOf(other)
	for i := range mine.NumField() {
		if mine.Field(i).IsNil() {
			mine.Field(i).Set(theirs.Field(i))
		}
	}
	return s
}

// or is a setting, or its default.
func or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// config is what the settings amount to. Logs go to w.
func (s settings) config(w io.Writer) (daemon.Config, error) {
	c := daemon.Config{
		Dir: or(s.Data, defaultData), Listen: or(s.Listen, "127.0.0.1:8420"), TLSCert: or(s.TLSCert, ""), TLSKey: or(s.TLSKey, ""),
		Limits:    venue.Limits{WeightMinute: or(s.Weight, 0), OrdersTen: or(s.Orders10s, 0), OrdersDay: or(s.OrdersDay, 0)},
		Hosting:   or(s.Hosting, ""),
		Wallet:    or(s.Wallet, ""),
		Operators: s.Operators, Socket: or(s.Socket, ""),
		MasterKey: or(s.MasterKey, ""), Webhook: or(s.Webhook, ""), HookKey: or(s.HookKey, ""), Reference: s.Reference, Demo: or(s.Demo, true), Version: readVersion().Version, Self: self(),
	}
	var errs []error
	for _, limit := range []struct {
		name  string
		value *int
	}{{"weight per minute", s.Weight}, {"orders per 10s", s.Orders10s}, {"orders per day", s.OrdersDay}} {
		if limit.value != nil && *limit.value <= 0 {
			errs = append(errs, fmt.Errorf("%s: %d lets nobody in: name a number above 0, or leave it out", limit.name, *limit.value))
		}
	}
	for _, text := range s.Proxies {
		p, err := network.Parse(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("proxies: %w", err))
		}
		c.Proxies = append(c.Proxies, p)
	}
	if _, err := netip.ParseAddrPort(c.Listen); err != nil {
		errs = append(errs, fmt.Errorf("listen: %q is no address with a port: write 127.0.0.1:8420, [::1]:8420, or 0.0.0.0:8420 for every interface; a port is 0 to 65535", c.Listen))
	}
	var err error
	if c.Keep, err = daemon.ParseKeep(or(s.Keep, "all")); err != nil {
		errs = append(errs, fmt.Errorf("keep journal: %w", err))
	}
	var level slog.Level
	text := or(s.LogLevel, "info")
	switch text {
	case "debug", "info", "warn", "error":
		_ = level.UnmarshalText([]byte(text)) // these it knows
	default:
		errs = append(errs, fmt.Errorf("log level: %q is none of debug, info, warn and error", text))
	}
	opts := &slog.HandlerOptions{Level: level}
	switch format := or(s.LogFormat, "text"); format {
	case "text":
		c.Log = slog.New(slog.NewTextHandler(w, opts))
	case "json":
		c.Log = slog.New(slog.NewJSONHandler(w, opts))
	default:
		errs = append(errs, fmt.Errorf("log format: %q is neither text nor json", format))
	}
	if len(errs) > 0 {
		return c, fmt.Errorf("%w: %w", errUsage, errors.Join(errs...))
	}
	return c, nil
}

// self is the file of this very program, also after a newer one has been put in its place; empty where it is not known.
func self() string {
	const running = "/proc/self/exe"
	if _, err := os.Stat(running); err == nil {
		return running
	}
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}
