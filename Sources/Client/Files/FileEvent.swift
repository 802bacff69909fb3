import JSON

/// One event of a file, ready to be sent.
package struct FileEvent: Sendable, Equatable {
    /// The shape of an event, which decides the content type that it is sent with.
    package enum Shape: Sendable, Equatable {
        case canonical
        /// CloudEvents 1.0: the event has a `specversion`.
        case cloudEvent
    }

    package let position: FilePosition
    package let shape: Shape
    /// The event with an id, as JSON.
    package let json: [UInt8]
}

/// Where an event is in a file.
package struct FilePosition: Sendable, Equatable, Comparable, CustomStringConvertible {
    /// The line in which it begins, from 1.
    package let line: Int
    /// Its number from 1, if it is an element of an array.
    package var element: Int?

    package init(line: Int, element: Int? = nil) {
        self.line = line
        self.element = element
    }

    /// `12`, or `1 (event 3)`.
    package var description: String { element.map { "\(line) (event \($0))" } ?? "\(line)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.line, left.element ?? 0) < (right.line, right.element ?? 0)
    }
}

/// Something in a file that cannot be sent, and why.
package struct FileFault: Sendable, Equatable {
    package let position: FilePosition
    package let message: String

    package init(_ position: FilePosition, _ message: String) {
        self.position = position
        self.message = message
    }
}
