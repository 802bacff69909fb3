package import JSON

/// Gives the events of a file one by one.
package protocol FileEventReading {
    /// How many bytes of the file were read.
    var bytesRead: Int { get }

    /// The next event or fault; nil at the end of the file.
    /// - Throws: ``FileFailure`` if nothing more can be read.
    mutating func next() throws(FileFailure) -> EventFileReader.Item?
}

/// Makes events of the JSON values of a file.
package protocol FileValueReading {
    /// Members of an object that hold a list of events, where the object is a page of such a list.
    var listNames: [String] { get }

    /// What a value is; nil if it is left out.
    mutating func item(_ value: JSONValue, at position: FilePosition) -> EventFileReader.Item?
}
