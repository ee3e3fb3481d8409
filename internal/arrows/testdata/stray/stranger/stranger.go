package stranger

import _ "portcullis/engine"
