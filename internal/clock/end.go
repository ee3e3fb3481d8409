package clock

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
)

// End reads when something ends, as people write it: a day (its end, UTC), a moment, or a time from now on; 0 for the empty
// text, which is never.
func End(text string, now instruction.Time) (instruction.Time, error) {
	if text == "" {
		return 0, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return instruction.TimeOf(day) + instruction.Day - 1, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return instruction.TimeOf(at), nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return now + instruction.Time(n)*instruction.Day, nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d >= time.Second {
		return now + instruction.Time(d.Microseconds()), nil
	}
	return 0, fmt.Errorf("%q is no end: write a day such as 2027-01-31, a moment such as 2027-01-31T12:00:00Z, or a time from now such as 90d or 12h", text)
}
