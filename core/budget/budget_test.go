package budget

import "portcullis/core/instruction"

const (
	hour  = 3600 * instruction.Second
	start = 20_000 * instruction.Day
)
