/// One option of a selection in a form.
package struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool

    /// - Parameter label: what people read; the value itself if nil.
    package init(_ value: String, label: String? = nil, isChosen: Bool) {
        self.value = value
        self.label = label ?? value
        self.isChosen = isChosen
    }
}
