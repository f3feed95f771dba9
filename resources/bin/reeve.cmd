@echo off
rem The reeve command on Windows: finds a Node that is new enough (22.18), then hands everything on.
setlocal
set "BIN=%~dp0"
set "MAIN=%BIN%..\..\electron\cli\main.ts"
set "OWN=%BIN%..\..\node_modules\node\bin\node.exe"
if not exist "%MAIN%" set "MAIN=%BIN%..\..\out\main\cli.js"
set "CHECK=const [a,b]=process.versions.node.split('.').map(Number);process.exit(a>22||(a===22&&b>=18)?0:1)"

set "NODE=node"
"%NODE%" -e "%CHECK%" >nul 2>nul
if not errorlevel 1 goto run
set "NODE=%OWN%"
if not exist "%NODE%" goto app
"%NODE%" -e "%CHECK%" >nul 2>nul
if not errorlevel 1 goto run

:app
if exist "%BIN%..\..\..\..\Reeve.exe" (
  "%BIN%..\..\..\..\Reeve.exe" --cli %*
  exit /b
)
echo reeve: no Node.js 22.18 or newer was found. 1>&2
echo Install Node.js, or run "npm ci" in the checkout: it brings one along. 1>&2
exit /b 1

:run
"%NODE%" --disable-warning=ExperimentalWarning "%MAIN%" %*
exit /b %errorlevel%
