package core

// errorTypes holds the codec of every variant of ErrorDetails.
var errorTypes = map[string]codec[ErrorDetails]{
	Infrastructure{}.details(): codecOf[ErrorDetails, Infrastructure](),
	Configuration{}.details():  codecOf[ErrorDetails, Configuration](),
	Application{}.details():    codecOf[ErrorDetails, Application](),
	Poison{}.details():         codecOf[ErrorDetails, Poison](),
}

// poisonTypes holds the codec of every variant of PoisonMessage.
var poisonTypes = map[string]codec[PoisonMessage]{
	PoisonOrchestration{}.poison():         codecOf[PoisonMessage, PoisonOrchestration](),
	PoisonActivity{}.poison():              codecOf[PoisonMessage, PoisonActivity](),
	PoisonFailedDeserialization{}.poison(): codecOf[PoisonMessage, PoisonFailedDeserialization](),
}

// cloneDetails returns d as a value that shares nothing with a caller.
func cloneDetails(d ErrorDetails) ErrorDetails {
	if d == nil {
		return nil
	}
	return errorTypes[d.details()].own(d)
}

// errorDetails is the codec of ErrorDetails, externally tagged.
type errorDetails struct{ to *ErrorDetails }

func (c errorDetails) encode(w *writer) {
	if *c.to == nil {
		panic("core: a failure needs its ErrorDetails")
	}
	encodeTagged(w, (*c.to).details(), errorTypes, *c.to)
}

func (c errorDetails) decode(d *decoder) (err error) {
	*c.to, err = decodeTagged(d, errorTypes)
	return err
}

// poisonMessage is the codec of a PoisonMessage, externally tagged.
type poisonMessage struct{ to *PoisonMessage }

func (c poisonMessage) encode(w *writer) {
	if *c.to == nil {
		panic("core: Poison needs its MessageType")
	}
	encodeTagged(w, (*c.to).poison(), poisonTypes, *c.to)
}

func (c poisonMessage) decode(d *decoder) (err error) {
	*c.to, err = decodeTagged(d, poisonTypes)
	return err
}

// configurationKind is the codec of Configuration.Kind, a string.
type configurationKind struct{ kind *ConfigurationKind }

func (c configurationKind) encode(w *writer) { w.text(c.kind.String()) }

func (c configurationKind) decode(d *decoder) error {
	at := d.pos
	name, err := d.text()
	if err == nil && name != Nondeterminism.String() {
		return d.failAt(at, "unknown variant %.64q", name)
	}
	*c.kind = Nondeterminism
	return err
}

// applicationKind is the codec of Application.Kind with CancelReason: a string,
// or for Cancelled an object with that one key. serde also reads the others as
// {"Panicked":null}, which nobody writes; that is refused.
type applicationKind struct{ of *Application }

// cancelled lists the fields inside {"Cancelled":{...}}.
func (c applicationKind) cancelled() []field {
	return []field{{"reason", &c.of.CancelReason, required}}
}

func (c applicationKind) encode(w *writer) {
	if c.of.Kind != AppCancelled {
		w.text(c.of.Kind.String())
		return
	}
	w.tagged(AppCancelled.String(), c.cancelled())
}

func (c applicationKind) decode(d *decoder) error {
	if d.peek() == '{' {
		c.of.Kind = AppCancelled
		return d.tagged(func(name string) ([]field, bool) {
			return c.cancelled(), name == AppCancelled.String()
		})
	}
	at := d.pos
	name, err := d.text()
	if err != nil {
		return err
	}
	for k := range AppCancelled {
		if name == k.String() {
			c.of.Kind = k
			return nil
		}
	}
	return d.failAt(at, "unknown variant %.64q", name)
}
