package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"

	"portcullis/core/instruction"
)

type journalDumpCmd struct {
	From uint64 `placeholder:"SEQ" help:"First record; the first that is there where none is named."`
	To   uint64 `placeholder:"SEQ" help:"Last record; the journal's last where none is named."`
	directoryFlags
}

func (c *journalDumpCmd) Run(ctx context.Context, o *output) error {
	if c.To != 0 && c.To < c.From {
		return fmt.Errorf("%w: --to %d lies before --from %d: name the first record with --from", errUsage, c.To, c.From)
	}
	log, err := c.open()
	if err != nil {
		return err
	}
	defer log.Close()
	reader, err := log.Reader(cmp.Or(c.From, log.First()))
	if err != nil {
		return err
	}
	defer reader.Close()
	for ctx.Err() == nil {
		seq, b, err := reader.Next()
		if errors.Is(err, io.EOF) || err == nil && c.To != 0 && seq > c.To {
			return nil
		}
		var rec instruction.Record
		if err == nil {
			err = rec.Decode(seq, b)
		}
		var d dumped
		if err == nil {
			d, err = dump(&rec)
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", seq, err)
		}
		if err := d.write(o); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// dumped is one record as it is printed. Numbers are as they are persisted: amounts and prices in the smallest units.
type dumped struct {
	Seq         uint64           `json:"seq"`
	Time        instruction.Time `json:"time"`
	Principal   dumpedPrincipal  `json:"principal"`
	Instruction named            `json:"instruction"`
	Verdict     dumpedVerdict    `json:"verdict"`
	Events      []named          `json:"events"`
}

// dumpedPrincipal is who gave an instruction; what is not known of it is left out.
type dumpedPrincipal struct {
	Giver      instruction.Giver      `json:"giver"`
	Credential instruction.Credential `json:"credential,omitempty"`
	Operator   *uint32                `json:"operator,omitempty"` // user id; 0 is root
	Addr       netip.Addr             `json:"addr,omitzero"`
	Client     uint64                 `json:"client,omitempty"`
	Request    instruction.Digest     `json:"request,omitzero"`
	Sent       instruction.Time       `json:"sent,omitzero"`
	Window     int64                  `json:"window_ms,omitempty"`
}

func dumpPrincipal(p *instruction.Principal) dumpedPrincipal {
	d := dumpedPrincipal{
		Giver: p.Giver, Credential: p.Credential, Addr: p.Addr, Client: p.Client, Request: p.Request, Sent: p.Sent, Window: p.Window.Milli(),
	}
	if p.Giver == instruction.ByOperator {
		d.Operator = &p.Operator
	}
	return d
}

// String is who it is, as a reader wants to know first.
func (p dumpedPrincipal) String() string {
	switch p.Giver {
	case instruction.ByOperator:
		return fmt.Sprintf("operator uid=%d", *p.Operator)
	case instruction.ByCredential:
		text := fmt.Sprintf("key %d", p.Credential)
		if p.Addr.IsValid() {
			text += " from " + p.Addr.String()
		}
		return text
	case instruction.ByBearer:
		return "whoever brings a code, from " + p.Addr.String()
	}
	return strings.ToLower(p.Giver.String())
}

type dumpedVerdict struct {
	Decision instruction.Decision  `json:"decision"`
	Findings []instruction.Finding `json:"findings"`
}

// named is an instruction or event with the name of its kind.
type named struct {
	Name   string `json:"name"`
	Fields any    `json:"fields"`
}

// name takes a copy of what v points to. A sealed secret is left out: a printed journal goes further than the journal.
func name(v any) named {
	x := reflect.ValueOf(v).Elem()
	fields := reflect.New(x.Type()).Elem()
	fields.Set(x)
	switch f := fields.Addr().Interface().(type) {
	case *instruction.CreateKey:
		unseal(f)
	case *instruction.KeyCreated:
		unseal(&f.Key)
	case *instruction.ResealKey:
		f.Material = nil
	case *instruction.KeyResealed:
		f.Material = nil
	}
	return named{x.Type().Name(), fields.Interface()}
}

func unseal(k *instruction.CreateKey) {
	if k.Scheme == instruction.HMAC {
		k.Material = nil
	}
}

func dump(r *instruction.Record) (dumped, error) {
	in, err := r.Instruction()
	if err != nil {
		return dumped{}, err
	}
	d := dumped{
		Seq: r.Seq, Time: r.Time, Principal: dumpPrincipal(&r.Principal), Instruction: name(in), Events: []named{},
		Verdict: dumpedVerdict{r.Verdict.Decision, r.Verdict.Findings()},
	}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		d.Events = append(d.Events, name(e))
	}
	return d, ev.Err()
}

// write prints the record on one line.
func (d *dumped) write(o *output) error {
	if o.json {
		o.line(d)
		return nil
	}
	at, _ := d.Time.MarshalText()
	var why []string
	for _, f := range d.Verdict.Findings {
		why = append(why, fmt.Sprintf("%v=%d", f.Reason, f.Value))
	}
	line := fmt.Sprintf("%d %s [%s] %s → %v (%s)", d.Seq, at, d.Principal, d.Instruction, d.Verdict.Decision, strings.Join(why, ", "))
	for _, e := range d.Events {
		line += " | " + e.String()
	}
	_, err := fmt.Fprintln(o.out, line)
	return err
}

// String is the name with the fields that are not zero.
func (n named) String() string {
	fields := plain(reflect.ValueOf(n.Fields))
	if fields == "" {
		return n.Name
	}
	return n.Name + "{" + fields + "}"
}

// plain writes a struct's fields that are not zero.
func plain(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() {
			continue
		}
		text := fmt.Sprint(f.Interface())
		switch x := f.Interface().(type) {
		case instruction.Time:
			b, _ := x.MarshalText()
			text = string(b)
		case []byte:
			text = fmt.Sprintf("%x", x)
		case string:
			text = fmt.Sprintf("%q", x)
		case instruction.Digest:
			b, _ := x.MarshalText()
			text = string(b)
		case fmt.Stringer:
		default:
			if f.Kind() == reflect.Struct {
				text = "{" + plain(f) + "}"
			}
		}
		parts = append(parts, v.Type().Field(i).Name+"="+text)
	}
	return strings.Join(parts, " ")
}
