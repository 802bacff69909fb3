/// Why a page cannot be shown, and how to fix it.
package struct ProblemPage: PageContent {
    package static let template = "Problem"
    package let title: String
    let detail: String
    let status: Int
    let requestID: String
    /// The sign-in page, if signing in helps.
    let signIn: String?

    /// - Parameter signIn: the page to go to after signing in, if that is what is missing.
    package init(title: String, detail: String, status: Int, requestID: String, signIn: String? = nil) {
        self.title = title
        self.detail = detail
        self.status = status
        self.requestID = requestID
        self.signIn = signIn.map(PageLink.signIn)
    }
}
