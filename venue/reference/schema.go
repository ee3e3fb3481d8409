package reference

import (
	"fmt"
	"reflect"
	"strings"

	"portcullis/dialect/binance"
)

// object is a JSON object under construction; encoding/json writes its members in the order of their names.
type object = map[string]any

// schemas turns Go types into JSON schemas; named structs become components, each once.
type schemas struct {
	components object
	missing    []string // fields that have no description
}

func newSchemas() *schemas { return &schemas{components: object{}} }

// ref points to a component.
func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

const (
	decimalPattern = `^-?[0-9]+(\.[0-9]+)?$`
	decimalText    = "A decimal number as text, never a JSON number. It has exactly as many places as its asset, or a rate, has."
)

// enums are the values of texts that are one of a few.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[binance.Side]():          {"BUY", "SELL"},
	reflect.TypeFor[binance.OrderType]():     {"LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"},
	reflect.TypeFor[binance.TimeInForce]():   {"GTC", "IOC", "FOK"},
	reflect.TypeFor[binance.STPMode]():       {"NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT"},
	reflect.TypeFor[binance.OrderStatus]():   {"NEW", "PENDING_NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"},
	reflect.TypeFor[binance.ExecutionType](): {"NEW", "CANCELED", "REPLACED", "REJECTED", "TRADE", "EXPIRED", "TRADE_PREVENTION"},
	reflect.TypeFor[binance.SymbolStatus]():  {"TRADING", "HALT", "BREAK"},
	reflect.TypeFor[binance.RejectReason]():  {"NONE", "INSUFFICIENT_BALANCES", "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY", "WOULD_MATCH_IMMEDIATELY", "OCO_BAD_PRICES"},
	reflect.TypeFor[binance.Outcome]():       {"SUCCESS", "FAILURE", "NOT_ATTEMPTED"},
}

// of is the schema of what a value is: of a Go type, or one that is put together here.
func (s *schemas) of(v any) object {
	switch v := v.(type) {
	case nil:
		return object{"type": "object", "additionalProperties": false}
	case object:
		return v
	case many:
		return object{"type": "array", "items": s.of(v.one)}
	case choice:
		var list []any
		for _, x := range v {
			list = append(list, s.of(x))
		}
		return object{"anyOf": list}
	case byName:
		return object{"type": "object", "additionalProperties": s.of(v.one)}
	}
	return s.typed(reflect.TypeOf(v))
}

// many is a list of one; choice any of its members; byName an object with one under each name.
type (
	many   struct{ one any }
	choice []any
	byName struct{ one any }
)

func (s *schemas) typed(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[binance.Decimal]():
		s.components["Decimal"] = object{"type": "string", "pattern": decimalPattern, "description": decimalText}
		return ref("Decimal")
	case reflect.TypeFor[binance.NullString]():
		return object{"type": []string{"string", "null"}}
	case reflect.TypeFor[binance.Level]():
		d := s.typed(reflect.TypeFor[binance.Decimal]())
		s.components["Level"] = tuple("A price of the book: the price, then the quantity there.", d, d)
		return ref("Level")
	case reflect.TypeFor[binance.Kline]():
		s.components["Kline"] = s.kline()
		return ref("Kline")
	case reflect.TypeFor[binance.Filters]():
		return object{"type": "array", "items": s.filter()}
	case reflect.TypeFor[binance.Error]():
		return s.failure()
	case reflect.TypeFor[binance.CancelReplace]():
		return s.cancelReplace()
	}
	if values := enums[t]; values != nil {
		return object{"type": "string", "enum": values}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.typed(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 { // JSON as it is
			return object{}
		}
		return object{"type": "array", "items": s.typed(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	panic("reference: no schema for " + t.String())
}

// tuple is a list of so many members.
func tuple(about string, members ...any) object {
	return object{"type": "array", "description": about, "prefixItems": members, "minItems": len(members), "maxItems": len(members), "items": false}
}

// structure is a struct as encoding/json writes it, with nothing else in it.
func (s *schemas) structure(t reflect.Type) object {
	if t.Name() == "" {
		return object{"type": "object", "additionalProperties": false}
	}
	if s.components[t.Name()] == nil {
		s.components[t.Name()] = object{} // it may hold itself
		properties, required := object{}, []string{}
		s.fields(t, t.Name(), properties, &required)
		s.components[t.Name()] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	}
	return ref(t.Name())
}

// fields adds a struct's members, those of embedded structs included.
func (s *schemas) fields(t reflect.Type, owner string, properties object, required *[]string) {
	for f := range structFields(t) {
		if f.Anonymous {
			s.fields(f.Type, owner, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		x := s.typed(f.Type)
		about, known := describe(owner, name)
		if words := f.Tag.Get("about"); words != "" {
			about, known = words, true
		}
		if !known {
			s.missing = append(s.missing, fmt.Sprintf("%s.%s", owner, name))
		}
		described := object{"description": about}
		for k, v := range x {
			described[k] = v
		}
		if f.Type.Kind() == reflect.Pointer && !strings.Contains(options, "omit") { // it may be null
			described["type"] = []any{described["type"], "null"}
		}
		if name == "e" { // the kind of an event
			if kind := eventKinds[owner]; len(kind) > 0 {
				described["enum"] = kind
			}
		}
		if values := f.Tag.Get("enum"); values != "" {
			described["enum"] = strings.Split(values, ",")
		}
		properties[name] = described
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

func structFields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// kline is a list of twelve.
func (s *schemas) kline() object {
	d, n, text := s.typed(reflect.TypeFor[binance.Decimal]()), object{"type": "integer"}, object{"type": "string"}
	return tuple("A candlestick: open time, open, high, low and close price, base volume, close time, quote volume, number of trades,"+
		" base and quote volume that takers bought, and a text to ignore.", n, d, d, d, d, d, n, d, n, d, d, text)
}

// filter is any of the filters that this venue's markets have.
func (s *schemas) filter() object {
	var list []any
	for _, f := range []binance.Filter{binance.PriceFilter{}, binance.LotSize{}, binance.MarketLotSize{}, binance.Notional{}, binance.MaxNumOrders{},
		binance.MaxNumAlgoOrders{}, binance.IcebergParts{}, binance.MaxNumIcebergOrders{}, binance.MaxNumOrderLists{}, binance.PercentPrice{},
		binance.PercentPriceBySide{}, binance.TrailingDelta{}, binance.MaxNumOrderAmends{}, binance.MaxPosition{}} {
		t := reflect.TypeOf(f)
		properties, required := object{"filterType": object{"const": binance.FilterName(f), "description": "Which rule it is."}}, []string{"filterType"}
		s.fields(t, t.Name(), properties, &required)
		name := t.Name() + "Filter"
		s.components[name] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
		list = append(list, ref(name))
	}
	s.components["Filter"] = object{"oneOf": list, "description": "A rule that orders of the symbol must keep."}
	return ref("Filter")
}

// failure is an answer that says no.
func (s *schemas) failure() object {
	s.components["Error"] = object{
		"type": "object", "required": []string{"code", "msg"}, "additionalProperties": false,
		"description": "What was wrong, and what would be right. With a status of 5xx the outcome is unknown, unless msg says otherwise.",
		"properties": object{
			"code": object{"type": "integer", "description": "One of the codes listed under Errors."},
			"msg":  object{"type": "string", "description": "In English; safe to show."},
		},
	}
	return ref("Error")
}

// cancelReplace is what became of both halves.
func (s *schemas) cancelReplace() object {
	half := func(about string, of ...any) object {
		return object{"description": about, "anyOf": append(append([]any{}, s.of(choice(of))["anyOf"].([]any)...), object{"type": "null"})}
	}
	outcome := s.typed(reflect.TypeFor[binance.Outcome]())
	s.components["CancelReplace"] = object{
		"type": "object", "additionalProperties": false,
		"required": []string{"cancelResult", "newOrderResult", "cancelResponse", "newOrderResponse"},
		"properties": object{
			"cancelResult": outcome, "newOrderResult": outcome,
			"cancelResponse":   half("The order that was cancelled, or why it was not.", binance.OrderCancel{}, binance.Error{}),
			"newOrderResponse": half("The new order, why it was refused, or null where it was not tried.", binance.OrderAck{}, binance.OrderResult{}, binance.OrderFull{}, binance.Error{}),
		},
	}
	s.components["CancelReplaceFailed"] = object{
		"type": "object", "additionalProperties": false, "required": []string{"code", "msg", "data"},
		"description": "At least one half failed; data says what became of each.",
		"properties": object{
			"code": object{"type": "integer", "enum": []int{-2021, -2022}, "description": "−2021 one half failed, −2022 both."},
			"msg":  object{"type": "string"}, "data": ref("CancelReplace"),
		},
	}
	return ref("CancelReplace")
}
