package money

import (
	"fmt"
	"math"
	"strings"
)

// percentScale is the number of decimals of a percentage: a part per million is 0.0001%.
const percentScale Scale = 4

// ParsePercent reads a percentage such as "2%" or "0.05%", of 0 to 214748%, with at most 4 decimals. The sign is part of it: a
// bare 2 could be twice the whole as well.
func ParsePercent(text string) (PPM, error) {
	digits, ok := strings.CutSuffix(text, "%")
	if !ok {
		return 0, fmt.Errorf("%w: %q is no percentage", ErrSyntax, text)
	}
	n, err := Parse(digits, percentScale)
	if err == nil && n > math.MaxInt32 {
		err = fmt.Errorf("%w: %q", ErrRange, text)
	}
	if err != nil {
		return 0, err
	}
	return PPM(n), nil // #nosec G115 -- just checked
}

// Percent is the fraction as a percentage, without zeros that say nothing: "2%", "0.05%".
func (f PPM) Percent() string {
	return strings.TrimSuffix(strings.TrimRight(Amount(f).Text(percentScale), "0"), ".") + "%"
}
