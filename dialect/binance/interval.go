package binance

import "time"

// Interval is the length of a kline. Its numbers are not stored anywhere.
type Interval uint8

const (
	Second1 Interval = iota + 1
	Minute1
	Minute3
	Minute5
	Minute15
	Minute30
	Hour1
	Hour2
	Hour4
	Hour6
	Hour8
	Hour12
	Day1
	Day3
	Week1
	Month1
)

const (
	secondMs = 1000
	minuteMs = 60 * secondMs
	hourMs   = 60 * minuteMs
	dayMs    = 24 * hourMs
	weekMs   = 7 * dayMs
	// The epoch was a Thursday; klines of a week open on Monday.
	mondayMs = 4 * dayMs
)

var intervals = [...]struct {
	name   string
	length int64 // milliseconds; 0 for the month
}{
	{}, {"1s", secondMs}, {"1m", minuteMs}, {"3m", 3 * minuteMs}, {"5m", 5 * minuteMs},
	{"15m", 15 * minuteMs}, {"30m", 30 * minuteMs}, {"1h", hourMs}, {"2h", 2 * hourMs},
	{"4h", 4 * hourMs}, {"6h", 6 * hourMs}, {"8h", 8 * hourMs}, {"12h", 12 * hourMs},
	{"1d", dayMs}, {"3d", 3 * dayMs}, {"1w", weekMs}, {"1M", 0},
}

// Intervals are all intervals, shortest first.
func Intervals() []Interval {
	all := make([]Interval, 0, len(intervals)-1)
	for i := Second1; i <= Month1; i++ {
		all = append(all, i)
	}
	return all
}

// ParseInterval reads "1s" to "1M"; case counts.
func ParseInterval(text string) (Interval, bool) {
	for i := Second1; i <= Month1; i++ {
		if intervals[i].name == text {
			return i, true
		}
	}
	return 0, false
}

// Valid reports whether i is one of the constants above.
func (i Interval) Valid() bool { return i >= Second1 && i <= Month1 }

func (i Interval) String() string {
	if !i.Valid() {
		return ""
	}
	return intervals[i].name
}

// Open is the open time of the kline that holds t, both in milliseconds. zone is
// the client's offset east of UTC in milliseconds; klines open at its midnights,
// Mondays and firsts of the month. i must be valid.
func (i Interval) Open(t, zone int64) int64 {
	local := t + zone
	switch i {
	case Week1:
		return floor(local-mondayMs, weekMs) + mondayMs - zone
	case Month1:
		d := time.UnixMilli(local).UTC()
		return time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC).UnixMilli() - zone
	}
	return floor(local, intervals[i].length) - zone
}

// Next is the open time after open, which must be one.
func (i Interval) Next(open, zone int64) int64 {
	if i != Month1 {
		return open + intervals[i].length
	}
	d := time.UnixMilli(open + zone).UTC()
	return time.Date(d.Year(), d.Month()+1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - zone
}

// Close is the last millisecond of the kline that opened at open.
func (i Interval) Close(open, zone int64) int64 { return i.Next(open, zone) - 1 }

// floor rounds t down to a multiple of step, also before the epoch.
func floor(t, step int64) int64 {
	if m := t % step; m < 0 {
		return t - m - step
	} else {
		return t - m
	}
}

// OptWindow reads windowSize as milliseconds: 1m to 59m, 1h to 23h or 1d to 7d; absent it is a day.
func (p *Params) OptWindow() (int64, *Error) {
	text, err := p.OptStr("windowSize", "1d")
	if err != nil {
		return 0, err
	}
	number, unit := text[:len(text)-1], text[len(text)-1]
	if isDigits(number) && len(number) <= 2 && number[0] != '0' {
		n := digits2(number)
		switch {
		case unit == 'm' && n <= 59:
			return n * minuteMs, nil
		case unit == 'h' && n <= 23:
			return n * hourMs, nil
		case unit == 'd' && n <= 7:
			return n * dayMs, nil
		}
	}
	return 0, ErrInvalidData("windowSize", "It is 1m to 59m, 1h to 23h or 1d to 7d.")
}

// OptTimeZone reads timeZone as milliseconds east of UTC: hours ("8", "-1") or
// hours and minutes ("05:45", "-1:00"), from -12:00 to +14:00.
func (p *Params) OptTimeZone() (int64, *Error) {
	v, err := p.OptStr("timeZone", "0")
	if err != nil {
		return 0, err
	}
	zone, ok := parseZone(v)
	if !ok {
		return 0, ErrInvalidData("timeZone", "It is hours or hours:minutes from -12:00 to +14:00.")
	}
	return zone, nil
}

func parseZone(text string) (int64, bool) {
	sign := int64(1)
	if text != "" && (text[0] == '-' || text[0] == '+') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	hours, minutes := text, "00"
	if i := indexByte(text, ':'); i >= 0 {
		hours, minutes = text[:i], text[i+1:]
	}
	if !isDigits(hours) || len(hours) > 2 || !isDigits(minutes) || len(minutes) != 2 || minutes >= "60" {
		return 0, false
	}
	zone := sign * (digits2(hours)*hourMs + digits2(minutes)*minuteMs)
	return zone, zone >= -12*hourMs && zone <= 14*hourMs
}

// digits2 is the value of one or two digits.
func digits2(text string) int64 {
	n := int64(0)
	for i := range len(text) {
		n = n*10 + int64(text[i]-'0')
	}
	return n
}
