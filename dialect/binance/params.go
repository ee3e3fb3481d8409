package binance

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Bounds of one request's parameters.
const (
	MaxParams       = 64       // parameters, in query and body together
	MaxParamsBytes  = 32 << 10 // bytes as sent, in query and body together
	maxNameBytes    = 64
	signatureName   = "signature"
	legalInt        = "^[0-9]{1,20}$"
	legalDecimal    = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
	legalSymbol     = "^[A-Z0-9-_.]{1,20}$"
	legalOrderID    = "^[a-zA-Z0-9-_.:/]{1,36}$"
	maxSymbolBytes  = 20
	maxOrderIDBytes = 36
)

// Params are the parameters of one request, in the order sent, and what its
// client signed. Its accessors mark what they read, so that Unread can refuse
// the rest. It belongs to one goroutine.
type Params struct {
	pairs []param
	read  uint64 // bit i: pairs[i] was read
	sig   int    // index of the signature in pairs, or -1

	// query and body as sent, and where in them the signature's segment lies.
	// For parameters that came as JSON all of it is empty.
	query, body    string
	sigFrom, sigTo int
	sigInBody      bool
	json           bool
}

type param struct{ name, value string }

// Parse reads the raw query (without '?') and the raw form body. A parameter may
// stand in either, once.
func Parse(query, body string) (Params, *Error) {
	p := Params{sig: -1, query: query, body: body}
	if len(query)+len(body) > MaxParamsBytes {
		return Params{}, refuse(-1101, "Too many parameters sent for this endpoint: at most %d bytes.", MaxParamsBytes)
	}
	p.pairs = make([]param, 0, 16)
	if err := p.parseForm(query, false); err != nil {
		return Params{}, err
	}
	if err := p.parseForm(body, true); err != nil {
		return Params{}, err
	}
	return p, nil
}

func (p *Params) parseForm(raw string, inBody bool) *Error {
	for from := 0; from < len(raw); {
		to := len(raw)
		if i := indexByte(raw[from:], '&'); i >= 0 {
			to = from + i
		}
		if to > from { // "a=1&&b=2" has an empty segment, which says nothing
			if err := p.parsePair(raw[from:to]); err != nil {
				return err
			}
			if last := len(p.pairs) - 1; p.pairs[last].name == signatureName {
				p.sig, p.sigFrom, p.sigTo, p.sigInBody = last, from, to, inBody
			}
		}
		from = to + 1
	}
	return nil
}

func (p *Params) parsePair(segment string) *Error {
	// A segment without '=' is what is left of a value when query and body, which
	// are signed without a separator, are cut in another place.
	i := indexByte(segment, '=')
	if i < 0 {
		return ErrIllegalChars("A parameter is written name=value.")
	}
	name, raw := segment[:i], segment[i+1:]
	if err := checkName(name); err != nil {
		return err
	}
	// Base64 has a '+' and no space: a client that forgot to escape it meant '+'.
	value, ok := unescape(raw, name != signatureName)
	if !ok {
		return ErrIllegalChars("The value of '" + name + "' has a '%' without two hexadecimal digits after it.")
	}
	return p.add(name, value)
}

func (p *Params) add(name, value string) *Error {
	if len(p.pairs) == MaxParams {
		return refuse(-1101, "Too many parameters sent for this endpoint: at most %d.", MaxParams)
	}
	for i := range p.pairs {
		if p.pairs[i].name == name {
			return ErrDuplicateParam(name)
		}
	}
	if !utf8.ValidString(value) {
		return ErrIllegalChars("The value of '" + name + "' is not valid UTF-8.")
	}
	for i := range len(value) {
		if value[i] < 0x20 || value[i] == 0x7f {
			return ErrIllegalChars("The value of '" + name + "' has a control character.")
		}
	}
	p.pairs = append(p.pairs, param{name, value})
	return nil
}

// checkName holds names to letters, digits and '_': every name of the dialect is
// one, and an escaped name would be read by one parser and not by another.
func checkName(name string) *Error {
	if name == "" || len(name) > maxNameBytes {
		return ErrIllegalChars("A parameter name has 1 to 64 letters, digits or '_'.")
	}
	for i := range len(name) {
		if c := name[i]; !isAlnum(c) && c != '_' {
			return ErrIllegalChars("A parameter name has 1 to 64 letters, digits or '_', unescaped.")
		}
	}
	return nil
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// unescape undoes percent-encoding, and '+' for a space where plus is set.
func unescape(raw string, plus bool) (string, bool) {
	if indexByte(raw, '%') < 0 && (!plus || indexByte(raw, '+') < 0) {
		return raw, true
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '+' && plus:
			out = append(out, ' ')
		case c != '%':
			out = append(out, c)
		default:
			if i+2 >= len(raw) {
				return "", false
			}
			high, low := unhex(raw[i+1]), unhex(raw[i+2])
			if high > 15 || low > 15 {
				return "", false
			}
			out = append(out, high<<4|low)
			i += 2
		}
	}
	return string(out), true
}

// unhex gives the digit's value, or 0xff.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0xff
}

// AppendParam writes name=value to a query or body under construction, with '&'
// where something stands before it. What it writes, Parse reads back.
func AppendParam(dst []byte, name, value string) []byte {
	const digits = "0123456789ABCDEF"
	if len(dst) > 0 {
		dst = append(dst, '&')
	}
	dst = append(append(dst, name...), '=')
	for i := range len(value) {
		if c := value[i]; isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '~' {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// ParseJSON reads the params object of a WebSocket API request. Strings are
// unescaped; numbers, booleans and lists keep the text in which they were sent,
// since that is what was signed. Absent params may be nil or null.
func ParseJSON(raw json.RawMessage) (Params, *Error) {
	p := Params{sig: -1, json: true}
	if len(raw) > MaxParamsBytes {
		return Params{}, refuse(-1101, "Too many parameters sent for this endpoint: at most %d bytes.", MaxParamsBytes)
	}
	if len(raw) == 0 || string(raw) == "null" {
		return p, nil
	}
	err := members(raw, func(name string, value json.RawMessage) *Error {
		if err := checkName(name); err != nil {
			return err
		}
		text := string(value)
		switch text[0] {
		case 'n': // null
			return ErrEmptyParam(name)
		case '"':
			if json.Unmarshal(value, &text) != nil {
				return ErrInvalidJSONParam(name)
			}
			// It would sign the same text as two parameters do.
			if indexByte(text, '&') >= 0 {
				return ErrIllegalChars("The value of '" + name + "' has an '&'.")
			}
		}
		if name == signatureName {
			p.sig = len(p.pairs)
		}
		return p.add(name, text)
	})
	if err != nil {
		return Params{}, err
	}
	return p, nil
}

// Len is the number of parameters sent.
func (p *Params) Len() int { return len(p.pairs) }

// peek gives a value without marking it as read.
func (p *Params) peek(name string) (string, bool) {
	for i := range p.pairs {
		if p.pairs[i].name == name {
			return p.pairs[i].value, true
		}
	}
	return "", false
}

func (p *Params) get(name string) (string, bool) {
	for i := range p.pairs {
		if p.pairs[i].name == name {
			p.read |= 1 << i
			return p.pairs[i].value, true
		}
	}
	return "", false
}

// Has reports whether name was sent, and does not mark it as read.
func (p *Params) Has(name string) bool {
	_, sent := p.peek(name)
	return sent
}

// Forbid refuses name where it was sent (−1106).
func (p *Params) Forbid(name string) *Error {
	if p.Has(name) {
		return ErrNotRequired(name)
	}
	return nil
}

// Str reads a mandatory text.
func (p *Params) Str(name string) (string, *Error) {
	v, _ := p.get(name)
	if v == "" {
		return "", ErrMandatory(name)
	}
	return v, nil
}

// OptStr reads a text; absent is its value where it was not sent.
func (p *Params) OptStr(name, absent string) (string, *Error) {
	v, sent := p.get(name)
	if !sent {
		return absent, nil
	}
	if v == "" {
		return "", ErrEmptyParam(name)
	}
	return v, nil
}

// Int64 reads a mandatory whole number, 0 or more.
func (p *Params) Int64(name string) (int64, *Error) {
	v, err := p.Str(name)
	if err != nil {
		return 0, err
	}
	return parseInt(name, v)
}

// OptInt64 reads a whole number, 0 or more.
func (p *Params) OptInt64(name string, absent int64) (int64, *Error) {
	v, err := p.OptStr(name, "")
	if err != nil || v == "" {
		return absent, err
	}
	return parseInt(name, v)
}

func parseInt(name, text string) (int64, *Error) {
	if !isDigits(text) {
		return 0, ErrIllegalParam(name, legalInt)
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, ErrOverflow(name)
	}
	return v, nil
}

// OptBool reads true or false.
func (p *Params) OptBool(name string, absent bool) (bool, *Error) {
	v, err := p.OptStr(name, "")
	if err != nil || v == "" {
		return absent, err
	}
	if v != "true" && v != "false" {
		return false, ErrInvalidData(name, "It is 'true' or 'false'.")
	}
	return v == "true", nil
}

// Decimal reads a mandatory decimal: digits with at most one dot, no sign, no
// exponent, at most 20 digits on each side. Its scale is the number of places
// sent without trailing zeros, so that "1.500" is {15, 1}.
func (p *Params) Decimal(name string) (Decimal, *Error) {
	v, err := p.Str(name)
	if err != nil {
		return Decimal{}, err
	}
	return parseParamDecimal(name, v)
}

// OptDecimal reads a decimal; sent says whether it was there.
func (p *Params) OptDecimal(name string) (d Decimal, sent bool, err *Error) {
	v, err := p.OptStr(name, "")
	if err != nil || v == "" {
		return Decimal{}, false, err
	}
	d, err = parseParamDecimal(name, v)
	return d, err == nil, err
}

func parseParamDecimal(name, text string) (Decimal, *Error) {
	if !isDecimal(text) {
		return Decimal{}, ErrIllegalParam(name, legalDecimal)
	}
	for short := dropZero(text); short != text; short = dropZero(text) {
		text = short
	}
	d, ok := parseUnits(text, false)
	if !ok {
		if dot := indexByte(text, '.'); dot >= 0 && len(text)-dot-1 > MaxScale {
			return Decimal{}, ErrPrecision(name)
		}
		return Decimal{}, ErrOverflow(name)
	}
	return d, nil
}

// At gives the units of d at a scale: −1111 for more places than the scale has,
// −1108 where 64 bits do not hold it. name is the parameter it came in.
func (d Decimal) At(name string, scale uint8) (int64, *Error) {
	units := d.Units
	for s := d.Scale; s > scale; s-- {
		if units%10 != 0 {
			return 0, ErrPrecision(name)
		}
		units /= 10
	}
	for s := d.Scale; s < scale; s++ {
		grown := units * 10
		if grown/10 != units {
			return 0, ErrOverflow(name)
		}
		units = grown
	}
	return units, nil
}

// Symbol reads a mandatory symbol's text; whether there is such a market is the
// venue's to say (−1121).
func (p *Params) Symbol() (string, *Error) {
	v, err := p.Str("symbol")
	if err == nil && !isSymbol(v) {
		err = ErrIllegalParam("symbol", legalSymbol)
	}
	return v, err
}

func isSymbol(text string) bool {
	if text == "" || len(text) > maxSymbolBytes {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}

// OptSymbols reads symbol or symbols (a JSON list), which exclude each other.
// Neither sent gives nil; one tells symbol from a list of one.
func (p *Params) OptSymbols() (list []string, one bool, err *Error) {
	if p.Has("symbol") {
		if p.Has("symbols") {
			return nil, false, ErrBadCombination("Send 'symbol' or 'symbols'.")
		}
		symbol, err := p.Symbol()
		return []string{symbol}, true, err
	}
	text, err := p.OptStr("symbols", "")
	if err != nil || text == "" {
		return nil, false, err
	}
	list, err = parseSymbolList(text)
	return list, false, err
}

func parseSymbolList(text string) ([]string, *Error) {
	var list []string
	if json.Unmarshal([]byte(text), &list) != nil || len(list) == 0 {
		return nil, ErrInvalidJSONParam("symbols")
	}
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		if !isSymbol(s) {
			return nil, ErrIllegalParam("symbols", legalSymbol)
		}
		if seen[s] {
			return nil, ErrSymbolTwice()
		}
		seen[s] = true
	}
	return list, nil
}

// OptOrderID reads a client's own id of an order or of a cancel: 1 to 36 of
// letters, digits and -_.:/ ; empty where it was not sent.
func (p *Params) OptOrderID(name string) (string, *Error) {
	v, err := p.OptStr(name, "")
	if err != nil || v == "" {
		return "", err
	}
	if len(v) > maxOrderIDBytes {
		return "", ErrIllegalParam(name, legalOrderID)
	}
	for i := range len(v) {
		if c := v[i]; !isAlnum(c) && indexByte("-_.:/", c) < 0 {
			return "", ErrIllegalParam(name, legalOrderID)
		}
	}
	return v, nil
}

// Unread refuses parameters that no accessor asked for (−1104). What belongs to a
// signature is always known: one client signs even public requests.
func (p *Params) Unread() *Error {
	var names []string
	for i := range p.pairs {
		if p.read&(1<<i) == 0 && !isEnvelope(p.pairs[i].name) {
			names = append(names, p.pairs[i].name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return ErrUnread(len(p.pairs)-len(names), len(p.pairs), names)
}

func isEnvelope(name string) bool {
	return name == signatureName || name == "timestamp" || name == "recvWindow"
}
