correct horse battery
