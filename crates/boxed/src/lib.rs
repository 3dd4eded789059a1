//! Boxes the futures of a crate's interface.
//!
//! The body of an `async fn` is compiled where its future is awaited: once more in every crate, program and test that uses it. Behind a
//! box it is compiled once, where it stands. `#[boxed::futures]` on an `impl` block turns each `pub async fn f(&self, a: &A) -> R` into
//! `pub fn f<'f>(&'f self, a: &'f A) -> Pin<Box<dyn Future<Output = R> + Send + 'f>>`. Functions with type parameters or `impl` arguments
//! stay as they are: they are compiled at each use anyway.
//!
//! It works on tokens, without a parser of Rust: what it looks for is one fixed form, and a parser would be compiled before everything else.

use proc_macro::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// Boxes the futures of the public `async` functions of an `impl` block. The futures must be `Send`, and their arguments live as long.
#[proc_macro_attribute]
pub fn futures(_attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.pop() {
        tokens.push(like(&body, members(body.stream())));
    }
    tokens.into_iter().collect()
}

/// The members of a block.
fn members(stream: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut out: Vec<TokenTree> = Vec::with_capacity(tokens.len());
    let mut rest = tokens.as_slice();
    while let [first, later @ ..] = rest {
        // Attributes and comments before the function stay before it.
        let body = rest.iter().position(|token| is_group(token, Delimiter::Brace));
        match body.and_then(|body| Some((body, function(&rest[..=body])?))) {
            Some((body, function)) => {
                out.extend(function);
                rest = &rest[body + 1..];
            }
            None => {
                out.push(first.clone());
                rest = later;
            }
        }
    }
    out.into_iter().collect()
}

/// `pub async fn name(..) -> R {..}` with its future in a box; nothing where that is not what stands here.
fn function(tokens: &[TokenTree]) -> Option<TokenStream> {
    let [open, waits, word, name, TokenTree::Group(arguments), answer @ .., TokenTree::Group(body)] = tokens
    else {
        return None;
    };
    let is_wanted = is(open, "pub") && is(waits, "async") && is(word, "fn");
    if !is_wanted || arguments.stream().into_iter().any(|token| is(&token, "impl")) {
        return None;
    }
    let moved = |word: &str| TokenTree::Ident(Ident::new(word, body.span()));
    let future: TokenStream =
        [moved("async"), moved("move"), TokenTree::Group(body.clone())].into_iter().collect();
    let mut pinned = text("::std::boxed::Box::pin");
    pinned.extend([TokenTree::Group(Group::new(Delimiter::Parenthesis, future))]);
    let mut out: TokenStream = [open, word, name].into_iter().cloned().collect();
    out.extend(text("<'f>"));
    out.extend([like(arguments, with_lifetimes(arguments.stream()))]);
    out.extend(text("-> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = "));
    match answer {
        [] => out.extend(text("()")),
        // Behind the arrow's two characters.
        [_, _, answer @ ..] => out.extend(with_lifetimes(answer.iter().cloned().collect())),
        _ => return None,
    }
    out.extend(text("> + ::std::marker::Send + 'f>>"));
    out.extend([like(body, pinned)]);
    Some(out)
}

/// References and elided lifetimes get the name of the one that the future lives for.
fn with_lifetimes(stream: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            // What a function is given has lifetimes of its own.
            TokenTree::Group(_) if out.last().is_some_and(is_callable) => out.push(token),
            TokenTree::Group(group) => out.push(like(group, with_lifetimes(group.stream()))),
            TokenTree::Punct(sign) if sign.as_char() == '&' => {
                out.push(token);
                let is_named =
                    matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '\'');
                if !is_named {
                    out.extend(lifetime());
                }
            }
            TokenTree::Punct(sign) if sign.as_char() == '\'' && tokens.peek().is_some_and(|t| is(t, "_")) => {
                tokens.next();
                out.extend(lifetime());
            }
            _ => out.push(token),
        }
    }
    out.into_iter().collect()
}

fn lifetime() -> [TokenTree; 2] {
    let name = Ident::new("f", Span::call_site());
    [TokenTree::Punct(Punct::new('\'', Spacing::Joint)), TokenTree::Ident(name)]
}

fn text(rust: &str) -> TokenStream {
    rust.parse().expect("the text is Rust")
}

/// A group in another's place.
fn like(group: &Group, stream: TokenStream) -> TokenTree {
    let mut new = Group::new(group.delimiter(), stream);
    new.set_span(group.span());
    TokenTree::Group(new)
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

fn is_callable(token: &TokenTree) -> bool {
    ["fn", "Fn", "FnMut", "FnOnce"].iter().any(|word| is(token, word))
}

fn is_group(token: &TokenTree, delimiter: Delimiter) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == delimiter)
}
