import CoreHTTP
import Testing

@Suite struct SignInPageTests {
    @Test func `the form posts a token and where to go next`() {
        let page = SignInPage.render(message: nil, next: "/reports/fleet?range=7d&x=\"")

        #expect(page.contains("<form method=\"post\" action=\"/sign-in\">"))
        #expect(page.contains("name=\"token\" type=\"password\""))
        #expect(page.contains("value=\"/reports/fleet?range=7d&amp;x=&quot;\""))
        #expect(!page.contains("role=\"alert\""))
    }

    @Test func `a failed attempt is explained`() {
        let page = SignInPage.render(message: "That token is unknown.", next: "/")

        #expect(page.contains("role=\"alert\">That token is unknown.</p>"))
    }

    @Test func `whoever failed goes on where they were`() throws {
        func focused(_ page: String) throws -> Substring {
            let parts = page.split(separator: " autofocus")
            #expect(parts.count == 2)
            let input = try #require(parts.first).split(separator: "<input ").last
            return try #require(input).prefix { $0 != " " }
        }
        let fresh = SignInPage.render(message: nil, next: "/")
        let wrong = SignInPage.render(message: "no", next: "/", tenant: "blue", name: "anna")
        let token = SignInPage.render(message: "no", next: "/", isByToken: true)

        #expect(try focused(fresh) == "id=\"tenant\"")
        #expect(try focused(wrong) == "id=\"password\"")
        #expect(try focused(token) == "id=\"token\"")
        #expect(token.contains("<details class=\"other\" open>"))
        #expect(!fresh.contains(" open>"))
    }

    @Test func `a problem is shown with its status`() {
        let page = ProblemPage.render(status: 404, title: "Not found", detail: "no ship named <b>")

        #expect(page.contains("404"))
        #expect(page.contains("<title>Not found · Hawser</title>"))
        #expect(page.contains("no ship named &lt;b&gt;"))
    }
}
