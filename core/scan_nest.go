package core

// members reads an object and calls each for every member, in order. each must
// consume the value; at is where the name starts.
func (d *decoder) members(each func(name string, at int) error) error {
	return d.nest('{', '}', "an object", func() error {
		if d.peek() != '"' {
			return d.fail("want a field's name")
		}
		at := d.pos
		name, err := d.sharedText()
		if err != nil {
			return err
		}
		if d.peek() != ':' {
			return d.fail("want ':'")
		}
		d.pos++
		return each(name, at)
	})
}

// elements reads an array and calls each for every element, which it must consume.
func (d *decoder) elements(each func() error) error {
	return d.nest('[', ']', "an array", each)
}

// nest reads what stands between two brackets, separated by commas.
func (d *decoder) nest(open, closing byte, what string, each func() error) error {
	if d.peek() != open {
		return d.fail("want %s", what)
	}
	if d.depth == maxDepth {
		return d.fail("nested too deep")
	}
	d.depth++
	d.pos++
	if d.peek() == closing {
		return d.leave()
	}
	for {
		if err := each(); err != nil {
			return err
		}
		switch d.peek() {
		case closing:
			return d.leave()
		case ',':
			d.pos++
		default:
			return d.fail("want ',' or '%c'", closing)
		}
	}
}

// leave consumes a closing bracket.
func (d *decoder) leave() error {
	d.depth--
	d.pos++
	return nil
}

// skip reads a value of an unknown field, checking its grammar.
func (d *decoder) skip() error {
	switch c := d.peek(); {
	case c == '{':
		return d.members(func(string, int) error { return d.skip() })
	case c == '[':
		return d.elements(d.skip)
	case c == '"':
		_, _, err := d.scanText()
		return err
	case c == '-' || isDigit(c):
		return d.skipNumber()
	case c == 'n':
		return d.literal("null")
	case c == 't' || c == 'f':
		_, err := d.boolean()
		return err
	}
	return d.fail("want a value")
}

// skipNumber reads a number by the grammar: -? int frac? exp?.
func (d *decoder) skipNumber() error {
	d.accept("-")
	if !d.accept("0") && !d.digits() {
		return d.fail("want a digit")
	}
	if d.accept(".") && !d.digits() {
		return d.fail("want a digit")
	}
	if d.accept("eE") {
		d.accept("+-")
		if !d.digits() {
			return d.fail("want a digit")
		}
	}
	return nil
}

// accept consumes one byte if it is one of set.
func (d *decoder) accept(set string) bool {
	for i := 0; i < len(set) && d.pos < len(d.s); i++ {
		if d.s[d.pos] == set[i] {
			d.pos++
			return true
		}
	}
	return false
}

// digits consumes digits and reports whether there was one.
func (d *decoder) digits() bool {
	at := d.pos
	for d.pos < len(d.s) && isDigit(d.s[d.pos]) {
		d.pos++
	}
	return d.pos > at
}
