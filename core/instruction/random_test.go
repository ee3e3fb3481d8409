package instruction

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"slices"
	"testing"
)

// random makes values of the package's types from a printed seed. It goes over a type's fields by reflection, so that a
// field that a layout forgot shows as a value that does not come back.
type random struct{ *rand.Rand }

func newRandom(t *testing.T, seed uint64) random {
	t.Logf("seed %d", seed)
	return random{rand.New(rand.NewPCG(seed, 0))}
}

const clientIDChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/_-"

// isEnum says that a type's values are its constants and nothing else.
func isEnum(typ reflect.Type) bool {
	return texts[typ.Name()] != nil && typ.Name() != "Account" && typ.Name() != "Rights" && typ.Name() != "Measures"
}

// fill sets v to a random valid value.
func (r random) fill(v reflect.Value) {
	switch p := v.Addr().Interface().(type) {
	case *ClientID:
		*p = r.clientID()
		return
	case *netip.Addr:
		*p = r.addr()
		return
	case *netip.Prefix:
		*p = r.prefix()
		return
	case *Verdict:
		*p = r.verdict()
		return
	case *Rights:
		*p = Rights(r.IntN(int(allRights) + 1))
		return
	case *Measures:
		*p = Measures(r.IntN(int(allMeasures) + 1))
		return
	}
	if isEnum(v.Type()) {
		values := valuesOf(v.Type().Name())
		v.SetUint(values[r.IntN(len(values))])
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(r.bits() >> (64 - v.Type().Bits()))
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.bits()) >> (64 - v.Type().Bits()))
	case reflect.String:
		v.SetString(r.text())
	case reflect.Slice:
		v.Set(r.list(v.Type()))
	case reflect.Array:
		for i := range v.Len() {
			r.fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.fill(v.Field(i))
		}
		if p, ok := v.Addr().Interface().(*PlaceList); ok {
			clear(p.Legs[p.Shape.Legs():])
		}
	default:
		panic(fmt.Sprintf("no random values for %s", v.Type()))
	}
}

// bits are all zeros, all ones or the sign alone now and then, and random otherwise.
func (r random) bits() uint64 {
	switch r.IntN(8) {
	case 0:
		return 0
	case 1:
		return 1<<64 - 1
	case 2:
		return 1 << 63
	case 3:
		return 1<<63 - 1
	}
	return r.Uint64()
}

func (r random) text() string {
	runes := make([]rune, r.IntN(20))
	for i := range runes {
		runes[i] = []rune("aZ0 ,\x00\x7fé€𝄞\ufffd")[r.IntN(11)]
	}
	return string(runes)
}

// list is nil where it is empty, and full now and then.
func (r random) list(typ reflect.Type) reflect.Value {
	limit := listLimit(typ)
	n := r.IntN(min(limit, 20))
	switch {
	case typ == reflect.TypeFor[[]Rule](): // of lists and texts themselves, so that many take long
		n = r.IntN(3)
	case r.IntN(10) == 0 && limit < 100:
		n = limit
	}
	list := reflect.Zero(typ)
	if n > 0 {
		list = reflect.MakeSlice(typ, n, n)
	}
	for i := range n {
		r.fill(list.Index(i))
	}
	return list
}

// listLimit is the longest list of the type that can be written.
func listLimit(typ reflect.Type) int {
	switch typ {
	case reflect.TypeFor[[]Market]():
		return MaxMandateMarkets
	case reflect.TypeFor[[]netip.Prefix]():
		return MaxMandateNetworks
	case reflect.TypeFor[[]Cap]():
		return MaxCaps
	case reflect.TypeFor[[]Op]():
		return MaxOps
	case reflect.TypeFor[[]Rule]():
		return MaxRules
	case reflect.TypeFor[[]FeatureValue]():
		return MaxFiredValues
	case reflect.TypeFor[[]byte]():
		return 1<<16 - 1
	case reflect.TypeFor[[]Received](), reflect.TypeFor[[]Spent]():
		return MaxMoves
	case reflect.TypeFor[[]PayoutID](), reflect.TypeFor[[]SpendID](), reflect.TypeFor[[]Sent]():
		return MaxPaid
	case reflect.TypeFor[[]Outpoint]():
		return MaxInputs
	case reflect.TypeFor[[]NewCode]():
		return MaxCodes
	}
	panic(fmt.Sprintf("the limit of a %s is not known here", typ))
}

func (r random) clientID() ClientID {
	b := make([]byte, r.IntN(MaxClientID+1))
	for i := range b {
		b[i] = clientIDChars[r.IntN(len(clientIDChars))]
	}
	return clientID(string(b))
}

func (r random) addr() netip.Addr {
	var b [16]byte
	r.fill(reflect.ValueOf(&b).Elem())
	switch r.IntN(4) {
	case 0:
		return netip.Addr{}
	case 1:
		return netip.AddrFrom4([4]byte(b[:4]))
	case 2:
		return netip.AddrFrom16(netip.AddrFrom4([4]byte(b[:4])).As16())
	}
	return netip.AddrFrom16(b)
}

func (r random) prefix() netip.Prefix {
	for {
		if a := r.addr(); a.IsValid() {
			return netip.PrefixFrom(a, r.IntN(a.BitLen()+1)).Masked()
		}
	}
}

func (r random) verdict() Verdict {
	var d Decision
	var reason Reason
	r.fill(reflect.ValueOf(&d).Elem())
	r.fill(reflect.ValueOf(&reason).Elem())
	v := Say(d, reason, int64(r.bits()))
	for range r.IntN(MaxFindings + 2) {
		r.fill(reflect.ValueOf(&reason).Elem())
		v = v.And(reason, int64(r.bits()))
	}
	return v
}

// spoiler makes one place of a value invalid.
type spoiler struct {
	place string
	spoil func()
}

// spoilers are all the ways in which v can be made invalid.
func (r random) spoilers(v reflect.Value, place string) []spoiler {
	var all []spoiler
	add := func(what string, spoil func()) { all = append(all, spoiler{place + " " + what, spoil}) }
	switch p := v.Addr().Interface().(type) {
	case *ClientID:
		add("too long", func() { p.n = uint8(MaxClientID + 1 + r.IntN(255-MaxClientID)) })
		return all
	case *netip.Addr:
		return nil
	case *netip.Prefix:
		add("none", func() { *p = netip.Prefix{} })
		add("too many bits", func() { *p = netip.PrefixFrom(p.Addr(), p.Addr().BitLen()+1) })
		add("bits of a host", func() { *p = netip.MustParsePrefix("203.0.113.77/24") })
		return all
	case *Verdict:
		add("no reason", func() { p.n = 0 })
		add("too many reasons", func() { p.n = uint8(MaxFindings + 1 + r.IntN(255-MaxFindings)) })
		add("unknown reason", func() { p.findings[r.IntN(int(p.n))].Reason = 99 })
		add("unknown decision", func() { p.Decision = Deny + 1 })
		add("no decision", func() { p.Decision = 0 })
		return all
	case *Standing: // none of them is a choice too
		add("unknown", func() { *p = PartlyFilled + 1 })
		return all
	case *Measures:
		add("unknown", func() { *p |= (allMeasures + 1) << r.IntN(4) })
		return all
	case *Rights:
		add("unknown", func() { *p |= (allRights + 1) << r.IntN(3) })
		return all
	}
	if isEnum(v.Type()) {
		if !slices.Contains(valuesOf(v.Type().Name()), 0) {
			add("zero", func() { v.SetUint(0) })
		}
		add("unknown", func() { v.SetUint(r.unknown(v.Type())) })
		return all
	}
	switch v.Kind() {
	case reflect.String:
		add("too long", func() { v.SetString(string(make([]byte, 1<<16))) })
		add("not UTF-8", func() { v.SetString(v.String() + "\xff") })
	case reflect.Slice:
		add("too long", func() {
			n := listLimit(v.Type()) + 1
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				r.fill(v.Index(i))
			}
		})
		for i := range v.Len() {
			all = append(all, r.spoilers(v.Index(i), fmt.Sprintf("%s[%d]", place, i))...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			all = append(all, r.spoilers(v.Field(i), place+"."+v.Type().Field(i).Name)...)
		}
	}
	return all
}

// unknown is a number that no constant of the type has.
func (r random) unknown(typ reflect.Type) uint64 {
	values := valuesOf(typ.Name())
	for {
		if n := r.Uint64() >> (64 - typ.Bits()); !slices.Contains(values, n) {
			return n
		}
	}
}
