import Mustache

/// The pages' templates.
///
/// Nothing in them is unescaped, and they hold neither scripts nor styles: the content security
/// policy forbids both within a page.
enum PageTemplates {
    static let sources: [String: String] = [
        "page": page, "report": ReportTemplates.report, "links": ReportTemplates.links,
        "ship": ReportTemplates.ship, "chart": ReportTemplates.chart,
        "event": ReportTemplates.event, "sign-in": signIn, "sign-out": signOut, "welcome": welcome,
        "problem": problem,
    ]

    /// For the pages that are drawn without a `ReportRenderer`.
    static let library: MustacheLibrary = {
        do {
            return try parsed()
        } catch {
            preconditionFailure("a page template is malformed: \(error)")
        }
    }()

    static func parsed() throws -> MustacheLibrary {
        MustacheLibrary(templates: try sources.mapValues { try MustacheTemplate(string: $0) })
    }

    /// A page as a whole.
    static func page(_ name: String, _ content: Any, in library: MustacheLibrary) -> String {
        guard let text = library.render(content, withTemplate: name) else {
            preconditionFailure("there is no page template named \(name)")
        }
        return text
    }

    private static let page = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{$title}}Hawser{{/title}} · Hawser</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="/assets/hawser.css">
        </head>
        <body>
        {{$body}}{{/body}}
        </body>
        </html>

        """

    static let mark = """
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M2 8c5 0 5 8 10 8s5-8 \
        10-8"/><path d="M2 16c5 0 5-8 10-8s5 8 10 8"/></svg>
        """

    private static let signIn = """
        {{<page}}{{$title}}Sign in{{/title}}{{$body}}
        <main class="narrow">
        <p class="brand">\(mark)Hawser</p>
        <h1>Sign in</h1>
        {{#message}}<p class="notice" role="alert">{{.}}</p>{{/message}}
        {{#providers}}
        <p class="providers"><a href="{{address}}">Sign in with {{label}}</a></p>
        {{/providers}}
        <form method="post" action="/sign-in">
        <label for="tenant">Company</label>
        <input id="tenant" name="tenant" value="{{tenant}}" autocomplete="organization" \
        autocapitalize="none" spellcheck="false" required{{#startsAtTenant}} autofocus{{/startsAtTenant}}>
        <label for="name">Name</label>
        <input id="name" name="name" value="{{name}}" autocomplete="username" \
        autocapitalize="none" spellcheck="false" required>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" \
        required{{#startsAtPassword}} autofocus{{/startsAtPassword}}>
        <input type="hidden" name="next" value="{{next}}">
        <button type="submit">Sign in</button>
        </form>
        <details class="other"{{#isByToken}} open{{/isByToken}}>
        <summary>Sign in with an API token</summary>
        <form method="post" action="/sign-in">
        <label for="token">API token</label>
        <input id="token" name="token" type="password" autocomplete="off" \
        spellcheck="false" required{{#isByToken}} autofocus{{/isByToken}}>
        <input type="hidden" name="next" value="{{next}}">
        <button type="submit">Sign in with a token</button>
        </form>
        <p class="hint">An administrator makes tokens with \
        <code>hawser tokens create</code>.</p>
        </details>
        </main>
        {{/body}}{{/page}}
        """

    private static let signOut = """
        {{<page}}{{$title}}Sign out{{/title}}{{$body}}
        <main class="narrow">
        <p class="brand">\(mark)Hawser</p>
        <h1>Sign out?</h1>
        <form method="post" action="/sign-out">
        <input type="hidden" name="csrf_token" value="{{token}}">
        <button type="submit">Sign out</button>
        </form>
        <p class="hint"><a href="/">Back to the fleet</a></p>
        </main>
        {{/body}}{{/page}}
        """

    private static let welcome = """
        {{<page}}{{$title}}Signed in{{/title}}{{$body}}
        <main class="narrow">
        <p class="brand">\(mark)Hawser</p>
        <h1>You are signed in</h1>
        <p><a href="{{next}}">Go on</a></p>
        </main>
        {{/body}}{{/page}}
        """

    private static let problem = """
        {{<page}}{{$title}}{{heading}}{{/title}}{{$body}}
        <main class="narrow">
        <p class="brand">\(mark)Hawser</p>
        <p class="status-code">{{status}}</p>
        <h1>{{heading}}</h1>
        <p class="detail">{{detail}}</p>
        <p><a href="/">Back to the fleet</a></p>
        </main>
        {{/body}}{{/page}}
        """
}
