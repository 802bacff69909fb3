/// What a page shows between menu and end: the stored properties that its template names.
///
/// A page is made of plain values that are ready to be read: texts, numbers, booleans, and lists of such structs. It holds no secret, and
/// no type that could lead to one. Markup is in properties named `…Markup` alone, which only the functions of `Charts` make.
package protocol PageContent: Sendable {
    /// The file of the template, without its ending.
    static var template: String { get }
    /// The page's name in the window's title.
    var title: String { get }
}
