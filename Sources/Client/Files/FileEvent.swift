package import Events

/// One event of a file, ready to be sent.
package struct FileEvent: Sendable, Equatable {
    /// The shape of an event, which decides the content type that it is sent with.
    package enum Shape: Sendable, Equatable {
        case canonical
        /// CloudEvents 1.0: the event has a `specversion`.
        case cloudEvent
    }

    /// What an event is known by where the file is from.
    package struct Identity: Sendable, Equatable {
        package let id: String
        package let customerID: String?
        package let subscriptionID: String?
        package let source: String?
        package let timestamp: Timestamp
        /// Whether the same ID at another time is another event.
        package let includesTime: Bool
        /// Whether the event is sent to the gateway under this ID.
        package let isSentUnderID: Bool

        package init(
            id: String,
            customerID: String? = nil,
            subscriptionID: String? = nil,
            source: String? = nil,
            timestamp: Timestamp,
            includesTime: Bool,
            isSentUnderID: Bool = false
        ) {
            self.id = id
            self.customerID = customerID
            self.subscriptionID = subscriptionID
            self.source = source
            self.timestamp = timestamp
            self.includesTime = includesTime
            self.isSentUnderID = isSentUnderID
        }
    }

    package let position: FilePosition
    package let shape: Shape
    /// The event with an id, as JSON.
    package let json: [UInt8]
    /// Nil if it is known by the ID in ``json`` alone, or by none.
    package var identity: Identity?

    /// What is needed to ask whether the journal has it, and to say where it is; nothing that grows with the event.
    var withoutContent: FileEvent { FileEvent(position: position, shape: shape, json: [], identity: identity) }
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
