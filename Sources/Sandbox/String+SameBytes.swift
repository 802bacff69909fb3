extension String {
    /// Whether both texts have the same bytes, as databases compare them. `==` also takes different normal forms for the same text.
    func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence<String> {
    /// Whether one of the texts has the same bytes.
    func containsBytes(of text: String) -> Bool { contains { $0.hasBytes(of: text) } }
}
