"""The least an ASGI application can do, and a page of Starlette."""

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"13")]


async def hello(scope, receive, send):
    if scope["type"] == "lifespan":
        raise RuntimeError("nothing to prepare")
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b"Hello, world!"})


async def page(request):
    return JSONResponse({"hello": request.path_params["name"], "agent": request.headers.get("user-agent")})


starlette = Starlette(routes=[Route("/hello/{name}", page)])
