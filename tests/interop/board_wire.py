"""The binary messages of boards (libconf/whiteboard/PROTOCOL.md, section 4), written once more and by hand, so that
client and server do not share their mistakes."""

CHANGE, STATE, VERDICT, BATCH = 0x11, 0x18, 0x19, 0x1F
COMMIT, DISCARD, REBASE = 0, 1, 2
RECTANGLE = 3
X, Y, WIDTH, HEIGHT, COLOUR = 4, 5, 7, 8, 9


def number(value):
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def signed(value):
    return number(2 * value if value >= 0 else -2 * value - 1)


def put_rectangle(change, gesture, document, page, shape, x, y, colour):
    """A change that puts one rectangle; lengths in units."""
    properties = [(X, signed(16 * x)), (Y, signed(16 * y)), (WIDTH, number(16 * 40)), (HEIGHT, number(16 * 30)),
                  (COLOUR, number(colour))]
    return (bytes([CHANGE]) + number(change) + number(gesture) + number(document) + number(page) + number(1) + number(1)
            + shape + number(RECTANGLE) + number(len(properties))
            + b"".join(number(4 * key) + value for key, value in properties))


def patch_colour(change, gesture, document, page, shape, colour):
    return (bytes([CHANGE]) + number(change) + number(gesture) + number(document) + number(page) + number(1) + number(2)
            + shape + number(1) + number(4 * COLOUR) + number(colour))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise ValueError("a message is cut off")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def blob(self):
        return self.take(self.number())

    def properties(self):
        made = {}
        for _ in range(self.number()):
            key = self.number()
            made[key >> 2] = self.number() if key & 3 == 0 else self.blob() if key & 3 == 1 else None
        return made

    def left(self):
        return len(self.data) - self.at


def messages(data):
    """What stands in a message: ("change", sequence, author, {id: properties}, removed), ("state", sequence, flags,
    {id: properties}, removed), ("verdict", number, outcome, sequence or reason). Others are left out."""
    made, read = [], Reader(data)
    kind = read.take(1)[0]
    if kind == BATCH:
        while read.left():
            made += messages(read.blob())
    elif kind == CHANGE:
        sequence, author = read.number(), read.number()
        read.number(), read.number(), read.number()  # time, document, page
        shapes, removed = {}, []
        for _ in range(read.number()):
            what, shape = read.number(), read.take(8)
            if what == 1:
                read.number()
            if what in (1, 2):
                shapes.setdefault(shape, {}).update(read.properties())
            else:
                removed.append(shape)
        made.append(("change", sequence, author, shapes, removed))
    elif kind == STATE:
        read.number(), read.number()
        sequence, flags, shapes = read.number(), read.number(), {}
        for _ in range(read.number()):
            shape = read.take(8)
            for _ in range(6):
                read.number()  # type, authors, times, version
            if shape in shapes:
                raise ValueError("a shape is there twice")
            shapes[shape] = read.properties()
        made.append(("state", sequence, flags, shapes, [read.take(8) for _ in range(read.number())]))
    elif kind == VERDICT:
        change, outcome, sequence = read.number(), read.number(), read.number()
        # A rebase's ops are ours with the index that the server gave.
        made.append(("verdict", change, outcome, read.number() if outcome == DISCARD else sequence))
    return made
