package daemon

import "portcullis/core/gate"

var open = gate.NewOff
